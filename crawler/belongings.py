"""Fetching what belongs to an article: each file, frame and picture at most once in a run, or the reason why not.

Nothing here makes an article fail: what could not be had is noted with it, so that nobody is blamed for what
may stand there.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

from crawler.documents.encoding import as_utf8
from crawler.documents.sniff import PICTURES, binary_kind, is_page
from crawler.downloads import MAX_PAGE, MAX_REFUSALS
from crawler.files import MAX_FILES, MAX_FRAMES, MAX_PICTURES, holds, wanted
from crawler.listings.model import PageRequest
from crawler.outcomes import Trouble, is_home_page, is_soft_404
from crawler.pages import page_title, read_page, visible_words
from storage.enclosures import Enclosure, EnclosureKind
from storage.errors import UnreadableError
from storage.records import Capture, Outcome

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from crawler.answers import Answer
    from crawler.downloads import Visit
    from crawler.files import Holds, Named
    from crawler.pages import Page
    from storage.records import Candidate

BUDGETS: Mapping[EnclosureKind, int] = {
    EnclosureKind.FILE: MAX_FILES,
    EnclosureKind.FRAME: MAX_FRAMES,
    EnclosureKind.PICTURE: MAX_PICTURES,
}
MAX_DEPTH = 2
"""Frames that are followed into each other."""

MAX_FILE_REFUSALS = MAX_REFUSALS - 1
"""After so many refused files none is asked for any more, so that a guarded folder of files does not cost the
portal's articles and lists."""


class Wanted(NamedTuple):
    """What one page names, and what the page itself holds of the report."""

    page: str
    own: Holds
    named: tuple[Named, ...]


class Belongings(NamedTuple):
    """What an article has, and what was wrong with what it has not."""

    enclosures: tuple[Enclosure, ...]
    troubles: tuple[Trouble, ...]


def wanted_of(page: Page) -> Wanted:
    """What the page names that may hold its report; to be asked before anything changes the page's tree."""
    own = holds(page)
    return Wanted(page.url, own, wanted(page, own))


async def fetch_belongings(visit: Visit, candidate: Candidate, pages: Sequence[Wanted]) -> Belongings:
    """Captures what the pages of an article name, as far as it can be had."""
    errand = _Errand(visit, candidate)
    for page in pages:
        await errand.take(page, 0)
    return errand.result()


class _Miss(NamedTuple):
    """Something that could not be had, and why."""

    enclosure: Enclosure
    trouble: Trouble


class _Errand:
    """One article's round."""

    def __init__(self, visit: Visit, candidate: Candidate) -> None:
        self._visit = visit
        self._candidate = candidate
        self._met: list[Enclosure | _Miss] = []
        self._missed_frames: list[_Miss] = []
        self._spent: Counter[EnclosureKind] = Counter()
        self._seen = {candidate.url}
        self._has_report = False

    def result(self) -> Belongings:
        """What was had and what was not; frames that may be anything count only where nothing else was had."""
        met = self._met
        if not any(isinstance(each, Enclosure) for each in met):
            met = [*met, *self._missed_frames]
        return Belongings(
            tuple(each.enclosure if isinstance(each, _Miss) else each for each in met),
            tuple(each.trouble for each in met if isinstance(each, _Miss)),
        )

    async def take(self, page: Wanted, depth: int) -> None:
        """Fetches what one page names, and what its frames name."""
        for each in page.named:
            # Photographed pages beside the file of the same report would cost forty requests more.
            is_spared = each.kind is EnclosureKind.PICTURE and self._has_report
            if each.url not in self._seen and not is_spared:
                self._seen.add(each.url)
                await self._take_one(each, page, depth)

    async def _take_one(self, each: Named, page: Wanted, depth: int) -> None:
        answer = await self._answer(each, page.page, depth)
        if isinstance(answer, Trouble):
            self._miss(each, page, answer)
            return
        framed = _page(answer)
        if framed is not None:
            await self._take_page(each, page, answer, framed, depth)
        elif each.kind is EnclosureKind.PICTURE and not _is_picture(answer.body):
            self._miss(each, page, Trouble(Outcome.INCOMPLETE, "file_is_page", (each.url,)))
        else:
            is_frame = each.kind is EnclosureKind.FRAME
            file = each._replace(kind=EnclosureKind.FILE) if is_frame else each
            self._has_report |= file.kind is EnclosureKind.FILE and (file.is_shown or file.is_report)
            self._keep(file, page, answer)

    async def _answer(self, each: Named, referer: str, depth: int) -> Answer | Trouble:
        visit = self._visit
        if not visit.is_own(each.url):
            return Trouble(Outcome.COMPLETE, "file_off_host", (each.url,))
        is_too_deep = each.kind is EnclosureKind.FRAME and depth >= MAX_DEPTH
        if is_too_deep or self._spent[each.kind] >= BUDGETS[each.kind]:
            return Trouble(Outcome.INCOMPLETE, "file_budget", (BUDGETS[each.kind], each.url))
        if visit.file_refusals >= MAX_FILE_REFUSALS:
            return Trouble(Outcome.BLOCKED, "files_refused", (visit.file_refusals,))
        self._spent[each.kind] += 1
        # Some systems refuse a file that nobody was led to (博达: _content/download.jsp).
        answer = await visit.fetch(PageRequest(each.url, headers=(("Referer", referer),)))
        if answer.trouble is None:
            return answer
        visit.file_refusals += answer.trouble.outcome is Outcome.BLOCKED
        return answer.trouble

    async def _take_page(self, each: Named, page: Wanted, answer: Answer, framed: Page, depth: int) -> None:
        """What answered is a page: a frame, a viewer, a report as HTML under the name of a file, or an excuse."""
        inner = wanted_of(framed)
        is_gone = is_home_page(answer.url, answer.final_url, self._visit.portal.base_url) or is_soft_404(
            visible_words(framed), page_title(framed)
        )
        shown = tuple(part for part in inner.named if part.is_shown or not inner.own.is_nothing)
        if is_gone or each.kind is EnclosureKind.PICTURE or (inner.own.is_nothing and not shown):
            self._miss(each, page, Trouble(Outcome.INCOMPLETE, "file_is_page", (each.url,)))
            return
        self._has_report |= inner.own.is_whole
        self._keep(each._replace(kind=EnclosureKind.FRAME), page, answer)
        if depth < MAX_DEPTH:
            await self.take(inner._replace(page=each.url, named=shown), depth + 1)

    def _miss(self, each: Named, page: Wanted, trouble: Trouble) -> None:
        miss = _Miss(Enclosure(each.kind, each.url, page.page, each.source, digest=None, failure=trouble.key), trouble)
        is_empty = trouble.key == "file_is_page"
        if each.kind is not EnclosureKind.FRAME or (each.is_inside and not is_empty):
            self._met.append(miss)
        elif page.own.is_nothing:
            # Portals frame their weather and share buttons too: beside a text they are no reason for anything.
            self._missed_frames.append(miss)

    def _keep(self, each: Named, page: Wanted, answer: Answer) -> None:
        visit = self._visit
        digest = visit.writer.keep(answer.body)
        self._met.append(
            Enclosure(each.kind, each.url, page.page, each.source, digest=digest, media_type=answer.media_type)
        )
        if each.url in visit.captured_parts:
            return
        visit.captured_parts.add(each.url)
        visit.writer.add_capture(
            Capture(
                digest=digest,
                scan=self._candidate.scan,
                url=each.url,
                final_url=answer.final_url,
                status=answer.status or 0,
                media_type=answer.media_type,
                fetched_at=answer.fetched_at,
                size=len(answer.body),
                title=each.words,
                listed_on=self._candidate.listed_on,
                headers=dict(answer.headers),
                part_of=self._candidate.url,
            )
        )


def _page(answer: Answer) -> Page | None:
    """The page of HTML in an answer, None for every other file."""
    try:
        if len(answer.body) > MAX_PAGE or binary_kind(answer.body) is not None or not is_page(as_utf8(answer.body)):
            return None
        return read_page(answer.body, answer.final_url)
    except UnreadableError:
        return None


def _is_picture(body: bytes) -> bool:
    try:
        return binary_kind(body) in PICTURES
    except UnreadableError:
        return False
