"""One alert with everything it rests on, as files that anybody can check without this program.

Pure: what is known of the alert and the archived bytes in, names and contents of files out; the same
state gives the same bytes. Every file but the list itself is in `SHA256SUMS`, raw files bear their own
SHA-256 as name, and what is not there is named with the reason.
"""

from __future__ import annotations

import io
import json
import zipfile
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

from monitor.agency_years.proofs import shanghai_text
from monitor.alerts.bundle_records import Material, alert_record, scan_record, tls_note, whole_evidence
from storage.captures import PARTS, digest_of
from storage.errors import CaptureDamagedError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from storage.records import Capture, ScanPage

SUMS = "SHA256SUMS"

_EXTENSIONS: Mapping[str, str] = {
    "text/html": "html",
    "application/xhtml+xml": "html",
    "text/plain": "txt",
    "text/xml": "xml",
    "application/xml": "xml",
    "application/json": "json",
    "application/pdf": "pdf",
    "application/msword": "doc",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "docx",
    "application/vnd.ms-excel": "xls",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "xlsx",
    "application/ofd": "ofd",
    "application/zip": "zip",
    "image/png": "png",
    "image/jpeg": "jpg",
    "image/gif": "gif",
}
_MARKS: tuple[tuple[bytes, str], ...] = (
    (b"%pdf", "pdf"),
    (b"pk\x03\x04", "zip"),
    (b"\x89png", "png"),
    (b"\xff\xd8\xff", "jpg"),
    (b"<?xml", "xml"),
    (b"<", "html"),
    (b"{", "json"),
    (b"[", "json"),
)
"""How the bytes of a kind begin, in lower case."""
_RAW = "bin"

NOT_ARCHIVED = "not in the archive"

_EPOCH = (1980, 1, 1, 0, 0, 0)
"""The time that every member of the archive bears: the earliest that the format can say."""


@dataclass(frozen=True, slots=True)
class Named:
    """A body that the evidence names: what it is (`list_page`, `report`, `enclosure`, `part`, `attested`) and the
    address that it came from. `digest` None: it could not be had, for the reason `failure`."""

    digest: str | None
    what: str
    url: str
    media_type: str = ""
    failure: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    fetched_at: str | None = None


class Absent(NamedTuple):
    """A body that the evidence names and that the bundle lacks, and why."""

    digest: str | None
    what: str
    url: str
    reason: str


def named_bodies(material: Material) -> tuple[Named, ...]:
    """Every body that the evidence names, in the order of the evidence; one that was fetched twice comes twice."""
    return tuple(_named(material))


def absent_bodies(material: Material, bodies: Mapping[str, bytes]) -> tuple[Absent, ...]:
    """What the evidence names and `bodies` lacks, each once."""
    found = [
        Absent(named.digest, named.what, named.url, named.failure or NOT_ARCHIVED)
        for named in _named(material)
        if named.digest is None or named.digest not in bodies
    ]
    return tuple(dict.fromkeys(found))


def bundle_files(
    material: Material, bodies: Mapping[str, bytes], *, explanation: str, versions: Mapping[str, Any]
) -> dict[str, bytes]:
    """Name → content of every file of the bundle.

    `bodies`: digest → bytes. CaptureDamagedError where bytes are not those of their digest: such a bundle would
    prove nothing. `explanation` is for people, `versions` says by which programs all of this was made.
    """
    for digest, data in bodies.items():
        if digest_of(data) != digest:
            raise CaptureDamagedError(digest, f"captures/{digest}")
    names = body_names(material, bodies)
    files = {
        "alert.json": _json(alert_record(material)),
        "scans.json": _json([scan_record(scan, names) for scan in material.scans]),
        "absent.json": _json([absent._asdict() for absent in absent_bodies(material, bodies)]),
        "versions.json": _json(versions),
        "explain.txt": explanation.encode(),
    }
    files |= {names[digest]: bodies[digest] for digest in names}
    files |= {f"headers/{digest}.json": _json(list(_fetches(material, digest))) for digest in names}
    sums = "".join(f"{digest_of(files[name])}  {name}\n" for name in sorted(files))
    return files | {SUMS: sums.encode()}


def body_names(material: Material, bodies: Mapping[str, bytes]) -> dict[str, str]:
    """Digest → the name of its file in the bundle, of every body that is named and there."""
    types: dict[str, str] = {}
    for named in _named(material):
        if named.digest is not None and named.digest in bodies:
            types[named.digest] = types.get(named.digest) or named.media_type
    return {
        digest: f"captures/{digest}.{extension(media_type, bodies[digest])}"
        for digest, media_type in sorted(types.items())
    }


def packed(files: Mapping[str, bytes]) -> bytes:
    """The files as a ZIP archive that is the same for the same files."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for name in sorted(files):
            member = zipfile.ZipInfo(name, _EPOCH)
            member.compress_type = zipfile.ZIP_DEFLATED
            member.external_attr = 0o644 << 16
            # Unix, on whatever system it is made.
            member.create_system = 3
            archive.writestr(member, files[name])
    return made.getvalue()


def extension(media_type: str, data: bytes) -> str:
    """How the name of a raw file ends, by what it was sent as, else by how it begins."""
    known = _EXTENSIONS.get(media_type.partition(";")[0].strip().lower())
    if known is not None:
        return known
    start = data[:1024].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if start.startswith((b"<!doctype html", b"<html")) or b"<html" in start:
        return "html"
    return next((ending for mark, ending in _MARKS if start.startswith(mark)), _RAW)


def _named(material: Material) -> Iterator[Named]:
    stored = {scan.id: scan for scan in material.scans}
    for entry in whole_evidence(material):
        match entry["kind"]:
            case "scan" if entry["id"] in stored:
                yield from _listed(stored[entry["id"]].pages)
            case "scan":
                pages = [page for page in entry["pages"] if page["digest"]]
                yield from (Named(page["digest"], "list_page", page["url"]) for page in pages)
            case "report":
                yield from _reported(material.captures, entry["digest"], entry["url"])
            case "attestation" if entry["digest"]:
                yield from _reported(material.captures, entry["digest"], entry["url"] or "", "attested")
            case _:
                pass


def _listed(pages: Iterable[ScanPage]) -> Iterator[Named]:
    for page in pages:
        if page.digest is not None:
            media_type = page.headers.get("Content-Type", "")
            yield Named(page.digest, "list_page", page.url, media_type, headers=page.headers)


def _reported(captures: Sequence[Capture], digest: str, url: str, what: str = "report") -> Iterator[Named]:
    own = [capture for capture in captures if capture.digest == digest]
    # The same bytes may lie at several addresses: those of the one that the evidence names come first.
    own.sort(key=lambda capture: capture.url != url)
    if not own:
        yield Named(digest, what, url)
        return
    capture = own[0]
    fetched = shanghai_text(capture.fetched_at)
    yield Named(digest, what, capture.final_url, capture.media_type, headers=capture.headers, fetched_at=fetched)
    for part in capture.headers.get(PARTS, "").split():
        yield Named(part, "part", capture.url)
    for enclosure in capture.enclosures:
        yield Named(enclosure.digest, "enclosure", enclosure.url, enclosure.media_type, enclosure.failure)


def _fetches(material: Material, digest: str) -> Iterator[Mapping[str, Any]]:
    """How the bytes came, each time that the evidence names them."""
    known: set[str] = set()
    for named in _named(material):
        if named.digest != digest:
            continue
        fetch = {
            "what": named.what,
            "url": named.url,
            "media_type": named.media_type,
            "fetched_at": named.fetched_at,
            "tls": tls_note(named.url, named.headers),
            "headers": dict(named.headers),
        }
        text = json.dumps(fetch, sort_keys=True)
        if text not in known:
            known.add(text)
            yield fetch


def _json(value: object) -> bytes:
    return (json.dumps(value, ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode()
