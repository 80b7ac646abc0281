"""Sources in, outcomes out, in order and several at a time: converted first, unpacked first, where that is needed."""

from __future__ import annotations

import hashlib
import logging
from collections import deque
from concurrent.futures import wait
from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, NamedTuple, Self, TypeVar
from urllib.parse import quote

from crawler.documents.sniff import Kind
from crawler.office import BATCH, Converter, OfficeFile
from crawler.reading.in_worker import MOST, limits_of, read_source
from crawler.reading.records import Bundle, Converted, ReadOutcome, Source, Unconverted
from crawler.sandbox import MAX_WORKERS, ORDINARY, Call, Pool, worker_count
from storage.errors import UnreadableError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from concurrent.futures import Future
    from datetime import date

    from crawler.sandbox import Result

T = TypeVar("T")

MAX_AHEAD = 48
"""Sources held at a time: enough to fill a batch for LibreOffice, and to read on beside a long scan."""

MAX_BYTES_AHEAD = 96 * 1024 * 1024
GATHERING = 0.5
"""Seconds to wait for more files before LibreOffice is called, which takes longer than that to start."""

_PRELOAD = ("crawler.parser", "crawler.documents.html")

_log = logging.getLogger(__name__)


@dataclass(slots=True)
class _Part:
    """One source on its way, or one member of a bundle; `refused` where it could not be converted."""

    source: Source
    future: Future[Result]
    given: bytes
    refused: ReadOutcome | None = None


@dataclass(slots=True)
class _Entry(Generic[T]):
    """What the caller gave, with its parts: none, one, or the members of a bundle."""

    key: T
    parts: list[_Part]
    size: int


class _Asked(NamedTuple):
    """What LibreOffice is asked for: the source itself, one of its files, or the member of that name of one."""

    part: _Part
    place: int
    file: OfficeFile
    member: str = ""


class ReadingRoom:
    """Workers that read, and the LibreOffice that converts for them; both start on first need and end with `with`.

    There is a worker for every core, and no more of them than `at_most`.
    """

    def __init__(self, at_most: int = MAX_WORKERS) -> None:
        self._pool = Pool(min(at_most, worker_count()), limits=ORDINARY, most=MOST, preload=_PRELOAD)
        self._converter = Converter()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._pool.close()
        self._converter.close()

    def start(self) -> None:
        """Start a worker now, for a caller who has something else to do meanwhile."""
        self._pool.start()

    def read_all(self, items: Iterable[tuple[T, Source | None]]) -> Iterator[tuple[T, tuple[ReadOutcome, ...]]]:
        """What each source came to, with what was given beside it, in order.

        One outcome for a source, one for each member of a bundle, none for None. Items are taken some way
        ahead of the answers, a bounded number of bytes at a time.
        """
        ahead: deque[_Entry[T]] = deque()
        size = 0
        try:
            for key, source in items:
                entry = _Entry(key, [self._part(source)] if source else [], source.size if source else 0)
                ahead.append(entry)
                size += entry.size
                while ahead and (len(ahead) > MAX_AHEAD or size > MAX_BYTES_AHEAD):
                    size -= ahead[0].size
                    yield ahead[0].key, self._settled(ahead)
                    ahead.popleft()
            while ahead:
                yield ahead[0].key, self._settled(ahead)
                ahead.popleft()
        finally:
            for entry in ahead:
                for part in entry.parts:
                    part.future.cancel()

    def _part(self, source: Source) -> _Part:
        return _Part(source, self._asked(source), source.data)

    def _asked(self, source: Source) -> Future[Result]:
        return self._pool.submit(Call(read_source, (source,), limits_of))

    def _settled(self, ahead: deque[_Entry[T]]) -> tuple[ReadOutcome, ...]:
        """The outcomes of the first entry."""
        parts = ahead[0].parts
        outcomes: list[ReadOutcome] = []
        while len(outcomes) < len(parts):
            place = len(outcomes)
            answer = _answer(parts[place])
            if isinstance(answer, Bundle):
                parts[place : place + 1] = [
                    self._part(_member(parts[place].source, *member)) for member in answer.members
                ]
            elif isinstance(answer, Unconverted):
                self._convert(parts[place], [part for entry in ahead for part in entry.parts])
            else:
                outcomes.append(_named(answer, parts[place]))
        return tuple(outcomes)

    def _convert(self, first: _Part, parts: Sequence[_Part]) -> None:
        """Convert what the first of these needs, and in the same call what others need."""
        wait([part.future for part in parts], timeout=GATHERING)
        needed: list[_Asked] = []
        for part in (first, *(part for part in parts if part is not first and part.future.done())):
            answer = _answer(part)
            if isinstance(answer, Unconverted) and len(needed) < BATCH:
                datas = (part.source.data, *(file.data for file in part.source.files))
                needed += [_Asked(part, place, OfficeFile(kind, datas[place])) for place, kind in answer.kinds.items()]
                needed += [
                    _Asked(part, member.place, OfficeFile(member.kind, member.data), member.name)
                    for member in answer.members
                ]
        made = self._converter.convert([asked.file for asked in needed])
        for asked, data in zip(needed, made, strict=True):
            _take(asked, data)
        for part in {id(asked.part): asked.part for asked in needed}.values():
            if part.refused is None:
                part.future = self._asked(part.source)


def read_capture(data: bytes, *, media_type: str, url: str | None, listed_on: date | None) -> ReadOutcome:
    """What the bytes say, or why they could not be read; whatever they are, this answers.

    Of a bundle it is its only report; one with several is `unsupported`, for who asks wants one.
    """
    source = Source(data, media_type, url, listed_on)
    with ReadingRoom(1) as room:
        ((_, outcomes),) = room.read_all([(None, source)])
    return only_report(outcomes)


def only_report(outcomes: Sequence[ReadOutcome]) -> ReadOutcome:
    """The one report among the members of a bundle; the first refusal where there is none."""
    readable = [outcome for outcome in outcomes if outcome.report is not None]
    if len(readable) > 1:
        names = ", ".join(outcome.member for outcome in readable)
        return ReadOutcome(None, "unsupported", f"a bundle of {len(readable)} reports: {names}", Kind.ZIP)
    return (*readable, *outcomes)[0]


def _answer(part: _Part) -> ReadOutcome | Unconverted | Bundle:
    if part.refused is not None:
        return part.refused
    result = part.future.result()
    if result.error is None:
        answer: ReadOutcome | Unconverted | Bundle = result.value
        return answer
    error, source = result.error, part.source
    return ReadOutcome(
        None, error.reason, error.detail, source.converted_from or source.media_type or None, trace=result.trace
    )


def _named(outcome: ReadOutcome, part: _Part) -> ReadOutcome:
    """The outcome with the member of a bundle that it is about; a fault of ours goes to the log."""
    member = part.source.member
    if outcome.trace:
        digest = hashlib.sha256(part.given).hexdigest()
        _log.error("%s: %s on %s (%s)\n%s", outcome.reason, outcome.detail, part.source.url, digest, outcome.trace)
    return outcome._replace(member=member, data=part.given) if member else outcome


def _member(bundle: Source, name: str, data: bytes) -> Source:
    return Source(data, "", f"{bundle.url}#{quote(name)}" if bundle.url else None, bundle.listed_on, member=name)


def _take(asked: _Asked, made: bytes | UnreadableError) -> None:
    """Put what LibreOffice made in its place; what it refused is refused, or where it is attached, marked."""
    part, source, kind = asked.part, asked.part.source, asked.file.kind
    if asked.place == 0:
        if isinstance(made, UnreadableError):
            part.refused = ReadOutcome(None, made.reason, made.detail, kind.value)
        else:
            part.source = source._replace(data=made, converted_from=kind.value)
        return
    file = source.files[asked.place - 1]
    if asked.member:
        own = Converted(b"", made.reason, made.detail) if isinstance(made, UnreadableError) else Converted(made)
        file = file._replace(converted={**file.converted, asked.member: own})
    elif isinstance(made, UnreadableError):
        file = file._replace(reason=made.reason, detail=made.detail)
    else:
        file = file._replace(data=made)
    part.source = source._replace(files=(*source.files[: asked.place - 1], file, *source.files[asked.place :]))
