"""Word documents as LibreOffice saves them in the older formats, which only it reads again."""

from __future__ import annotations

import io
import subprocess
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from docx import Document

from crawler.documents.sniff import Kind

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

FILTERS: Mapping[Kind, tuple[str, str]] = {
    Kind.DOC: ("doc", "MS Word 97"),
    Kind.RTF: ("rtf", "Rich Text Format"),
    Kind.ODT: ("odt", "writer8"),
}
"""Format → suffix and filter."""

_TIMEOUT = 240


def saved_as(kind: Kind, documents: Sequence[bytes]) -> list[bytes]:
    """These DOCX in another format, all by one call of LibreOffice."""
    suffix, name = FILTERS[kind]
    with tempfile.TemporaryDirectory() as path:
        folder = Path(path)
        saved = folder / "saved"
        for number, data in enumerate(documents):
            (folder / f"{number:04}.docx").write_bytes(_with_last_paragraph(data))
        subprocess.run(
            [
                "soffice", "--headless", "--norestore", f"-env:UserInstallation={(folder / 'profile').as_uri()}",
                "--convert-to", f"{suffix}:{name}", "--outdir", str(saved),
                *(str(path) for path in sorted(folder.glob("*.docx"))),
            ],
            check=True, capture_output=True, timeout=_TIMEOUT,
        )  # fmt: skip
        return [(saved / f"{number:04}.{suffix}").read_bytes() for number in range(len(documents))]


def _with_last_paragraph(data: bytes) -> bytes:
    """Word ends every document with a paragraph. Without one LibreOffice writes a .doc that loses its last table."""
    document = Document(io.BytesIO(data))
    document.add_paragraph()
    ended = io.BytesIO()
    document.save(ended)
    return ended.getvalue()
