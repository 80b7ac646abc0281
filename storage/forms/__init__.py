"""The unified forms as values, and which one a report year must use.

Which form applies is a table (Art. 50: the format is updated from time to time); reports on years
before 2019 have no unified form.
"""

from __future__ import annotations

from storage.forms.form_2019 import FORM_2019
from storage.forms.form_2021 import FORM_2021
from storage.forms.headings import ReadHeading, read_heading
from storage.forms.model import Block, Form, FormSection, FormTable, Group, Identity, Label, Line, label

FORMS = {form.key: form for form in (FORM_2019, FORM_2021)}


def form_for_year(report_year: int) -> Form | None:
    """The form that a report on that year must use; None before 2019."""
    for form in FORMS.values():
        if form.first_year <= report_year and (form.last_year is None or report_year <= form.last_year):
            return form
    return None


__all__ = [
    "FORMS",
    "FORM_2019",
    "FORM_2021",
    "Block",
    "Form",
    "FormSection",
    "FormTable",
    "Group",
    "Identity",
    "Label",
    "Line",
    "ReadHeading",
    "form_for_year",
    "label",
    "read_heading",
]
