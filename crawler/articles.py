"""Fetching one report: the page or file that a row leads to, with every part of a page that its pager splits, and
with what belongs to the page without being in it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from crawler.belongings import Belongings, Wanted, fetch_belongings, wanted_of
from crawler.documents.embedded import unfolded
from crawler.downloads import MAX_PAGE
from crawler.files import WHOLE, Holds, wanted
from crawler.list_evidence import is_report_page
from crawler.listings.model import NO_LIST, PageRequest
from crawler.outcomes import Trouble, is_home_page, is_soft_404
from crawler.pagers import article_parts
from crawler.pages import is_route, page_title, read_page, squeezed, visible_words
from crawler.parts import joined_parts
from crawler.shells import MAX_STEPS, Content, filled, next_step
from crawler.stand_ins import is_index_instead
from storage.captures import PARTS
from storage.errors import UnreadableError
from storage.records import Capture, Outcome

if TYPE_CHECKING:
    from collections.abc import Sequence

    from crawler.answers import Answer
    from crawler.downloads import Visit
    from crawler.pages import Page
    from storage.records import Candidate

_FILE_STARTS = (b"%PDF-", b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"Rar!", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"{\\rtf")
_MIN_WORDS = 20
"""Characters that a part of a report shows at least; less is a stub of the content system."""


class Fetched(NamedTuple):
    """What fetching a report came to: `trouble` None, it was captured now or earlier in this run.

    `missed` is what belongs to it and could not be had; the article is captured all the same.
    """

    trouble: Trouble | None = None
    missed: tuple[Trouble, ...] = ()


async def fetch_report(visit: Visit, candidate: Candidate) -> Fetched:
    """Captures the report that a candidate leads to.

    An article in several parts is captured as one page, or not at all: a part of a report must never
    be judged as the whole. Attached files, frames and pictures that could not be had are noted in the
    article's capture, so that it is not judged without them either.

    Where an earlier crawl fetched it lately and its row is as it was, that capture is given once more, with the
    instant at which it came.
    """
    key = (candidate.url, candidate.agency, candidate.report_year)
    if key in visit.captured:
        return Fetched()
    known = visit.memory.article(candidate)
    if known is not None:
        visit.captured.add(key)
        visit.writer.add_capture(known)
        foreign = (part for part in known.enclosures if part.failure)
        return Fetched(missed=tuple(Trouble(Outcome.COMPLETE, part.failure, (part.url,)) for part in foreign))
    came = await _article(visit, candidate.url)
    if isinstance(came, Trouble):
        return Fetched(came)
    answer, page, body, digests = came
    trouble = _not_the_report(came, candidate)
    if trouble is not None:
        return Fetched(trouble)
    headers = dict(answer.headers)
    belongings = Belongings((), ())
    if page is not None:
        parts = await _parts(visit, page)
        if isinstance(parts, Trouble):
            return Fetched(parts)
        belongings = await fetch_belongings(visit, candidate, _wanted_of([page, *(part.page for part in parts)]))
        if parts:
            body = joined_parts([page, *(part.page for part in parts)])
            digests += tuple(part.digest for part in parts)
    if len(digests) > 1:
        headers[PARTS] = " ".join(digests)
    visit.captured.add(key)
    visit.writer.add_capture(
        Capture(
            digest=visit.writer.keep(body),
            scan=candidate.scan,
            url=candidate.url,
            final_url=answer.final_url,
            status=answer.status or 0,
            media_type=answer.media_type,
            fetched_at=answer.fetched_at,
            size=len(body),
            title=candidate.title,
            listed_on=candidate.listed_on,
            agency=candidate.agency,
            report_year=candidate.report_year,
            headers=headers,
            enclosures=belongings.enclosures,
        )
    )
    visit.on_report()
    return Fetched(missed=belongings.troubles)


async def asked_afresh(visit: Visit, candidate: Candidate) -> Trouble | None:
    """Why a report is not to be had at its address now, whatever is remembered of it; None where it stands there:
    a file, or a page that reads like a report or bears its title."""
    came = await _article(visit, candidate.url)
    if isinstance(came, Trouble):
        return came
    trouble = _not_the_report(came, candidate)
    if trouble is not None or came.page is None:
        return trouble
    title, words = squeezed(candidate.title).rstrip(".…"), visible_words(came.page)
    is_there = is_report_page(came.page) or title in words or title in squeezed(page_title(came.page))
    return None if is_there else Trouble(Outcome.INCOMPLETE, "other_words", (candidate.url,))


class _Article(NamedTuple):
    """What came for an article's address: `page` None for a file; `digests` of all that `body` is made of."""

    answer: Answer
    page: Page | None
    body: bytes
    digests: tuple[str, ...]


def _not_the_report(came: _Article, candidate: Candidate) -> Trouble | None:
    is_index = came.page is not None and is_index_instead(came.page, candidate.title)
    return Trouble(Outcome.SOFT_404, "another_page", (candidate.url,)) if is_index else None


async def _article(visit: Visit, url: str) -> _Article | Trouble:
    """The first page of an article with its text in it, drawn by the browser where nothing else gives that."""
    answer = await visit.fetch(url)
    if answer.trouble is not None:
        return answer.trouble
    page = None if answer.body.startswith(_FILE_STARTS) else _readable(answer)
    if page is None:
        return _Article(answer, None, answer.body, (str(answer.digest),))
    article = await _own_text(visit, answer, page)
    if article is None:
        article = await _drawn(visit, url, answer, page)
    if isinstance(article, _Article) and article.page is not None:
        return _trouble_of(visit, article.answer, article.page) or article
    return article


async def _drawn(visit: Visit, url: str, shell: Answer, page: Page) -> _Article | Trouble:
    """The article as the browser draws it where it is still to be drawn; as it came otherwise."""
    if not (visit.can_draw and _is_shell(page, url)):
        return _Article(shell, page, shell.body, (str(shell.digest),))
    answer = await visit.fetch(PageRequest(url, drawn=1, dialect=NO_LIST))
    if answer.trouble is not None:
        return answer.trouble
    return _Article(answer, _readable(answer), answer.body, (str(answer.digest),))


async def _own_text(visit: Visit, shell: Answer, page: Page) -> _Article | Trouble | None:
    """The article with its text where another address has that; None where it is no such shell."""
    answers: list[Page] = []
    digests = [str(shell.digest)]
    step = next_step(page, ())
    while isinstance(step, PageRequest) and len(answers) < MAX_STEPS:
        answer = await visit.fetch(step, max_size=MAX_PAGE)
        if answer.trouble is not None:
            return answer.trouble
        read = _readable(answer)
        if read is None:
            return Trouble(Outcome.UNDECODABLE, "undecodable", (answer.final_url,))
        answers.append(read)
        digests.append(str(answer.digest))
        step = next_step(page, answers)
    if isinstance(step, PageRequest):
        return Trouble(Outcome.INCOMPLETE, "answer_not_understood", (step.url,))
    if not isinstance(step, Content):
        return step
    body = filled(page, step)
    whole = _readable(replace(shell, body=body))
    if whole is None:
        return Trouble(Outcome.UNDECODABLE, "undecodable", (page.url,))
    return _Article(shell, whole, body, tuple(digests))


class _Part(NamedTuple):
    """One further page of an article, as it came and as it was read."""

    digest: str
    page: Page


async def _parts(visit: Visit, page: Page) -> list[_Part] | Trouble:
    """The further pages of an article; what was wrong with the first that could not be had."""
    parts: list[_Part] = []
    for url in article_parts(page.text, page.url):
        answer = await visit.fetch(url)
        if answer.trouble is not None:
            return answer.trouble
        read = _readable(answer)
        if read is None or len(visible_words(read)) < _MIN_WORDS:
            return Trouble(Outcome.INCOMPLETE, "stub", (len(parts) + 2, url))
        parts.append(_Part(str(answer.digest), read))
    return parts


def _wanted_of(pages: Sequence[Page]) -> list[Wanted]:
    """What the parts of one article name, each held against what all of them hold together."""
    asked = [wanted_of(page) for page in pages]
    if len(asked) == 1:
        return asked
    tables = min(sum(each.own.tables for each in asked), WHOLE.tables)
    own = Holds(tables, sum(each.own.headings for each in asked))
    return [Wanted(each.page, own, wanted(page, own)) for each, page in zip(asked, pages, strict=True)]


def _is_shell(page: Page, url: str) -> bool:
    """Is the article still to be drawn by a script?"""
    if is_route(url):
        return True
    has_parts = page.root.find(".//iframe") is not None or page.root.find(".//img") is not None
    has_script = any(script.get("src") for script in page.root.iter("script"))
    return has_script and not has_parts and len(visible_words(page)) < _MIN_WORDS


def _trouble_of(visit: Visit, answer: Answer, page: Page) -> Trouble | None:
    """That the home page came in the article's place, or a page that says that there is none."""
    if is_home_page(answer.url, answer.final_url, visit.portal.base_url):
        return Trouble(Outcome.SOFT_404, "home_page", (answer.url,))
    if is_soft_404(visible_words(page), page_title(page)):
        return Trouble(Outcome.SOFT_404, "soft_404", (answer.url,))
    return None


def _readable(answer: Answer) -> Page | None:
    """The page in an answer, None for what is no readable page: the reader of documents will say what it is."""
    if len(answer.body) > MAX_PAGE:
        return None
    try:
        return read_page(unfolded(answer.body), answer.final_url)
    except UnreadableError:
        return None
