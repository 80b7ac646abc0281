"""How hard a missing, late or withdrawn report is taken, by the kind of agency and the day."""

from datetime import date, datetime

import pytest

from monitor.checks import publication_findings
from storage.records import SHANGHAI, AgencyKind, Severity, Standing, Status
from tests.builders import agency

DUE = date(2025, 1, 31)


def severity(kind: AgencyKind, status: Status, now: datetime) -> list[Severity]:
    published = date(2025, 2, 8) if status is Status.LATE else None
    standing = Standing("a", 2024, DUE, status, published_on=published, days_late=8 if published else None)
    return [finding.severity for finding in publication_findings(standing, agency(kind), now)]


LAST_DAY = datetime(2025, 3, 31, 23, 59, tzinfo=SHANGHAI)
DAY_AFTER = datetime(2025, 4, 1, 0, 0, tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    "kind", [AgencyKind.TOWNSHIP_GOVERNMENT, AgencyKind.STREET_OFFICE, AgencyKind.DEVELOPMENT_ZONE]
)
def test_where_no_article_names_the_date_missing_is_a_warning_until_the_end_of_march(kind):
    taken = [severity(kind, Status.MISSING, now) for now in (LAST_DAY, DAY_AFTER)]

    assert taken == [[Severity.WARNING], [Severity.ERROR]]
    assert severity(kind, Status.LATE, DAY_AFTER) == [Severity.WARNING]
    assert severity(kind, Status.WITHDRAWN, LAST_DAY) == [Severity.ERROR]


@pytest.mark.parametrize("kind", [AgencyKind.LOCAL_DEPARTMENT, AgencyKind.COUNTY_GOVERNMENT])
@pytest.mark.parametrize("status", [Status.MISSING, Status.LATE, Status.WITHDRAWN])
def test_where_the_law_names_the_date_every_breach_is_an_error(kind, status):
    assert severity(kind, status, LAST_DAY) == [Severity.ERROR]


@pytest.mark.parametrize("status", sorted(set(Status) - {Status.MISSING, Status.LATE, Status.WITHDRAWN}))
def test_no_other_status_accuses(status):
    assert severity(AgencyKind.LOCAL_DEPARTMENT, status, DAY_AFTER) == []


def test_a_late_report_says_by_how_much_and_by_which_paper_in_english():
    standing = Standing("a", 2024, DUE, Status.LATE, published_on=date(2025, 2, 8), proof="stated", url="http://a.cn/1")

    found = publication_findings(standing, agency(AgencyKind.LOCAL_DEPARTMENT), DAY_AFTER, language="en")

    assert [(each.message, each.evidence) for each in found] == [
        (
            (
                "The report on 2024 was due by 2025-01-31 (Regulations on Open Government Information (2019), "
                "国务院令第711号 第四十九条第一款); it came out on 2025-02-08, 8 days late."
            ),
            {
                "due": "2025-01-31",
                "published_on": "2025-02-08",
                "days_late": 8,
                "proof": "stated",
                "as_of": "2025-04-01T00:00:00+08:00",
                "url": "http://a.cn/1",
            },
        )
    ]
