"""Pages of a report that were published as pictures in an article: read, each where it stands."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from crawler.documents.model import Document, Picture, Table
from storage.errors import UnreadableError

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from crawler.documents.model import Block, CellPlace
    from crawler.documents.picture import Recognition

MAX_PICTURES = 40
"""A report of thirty pages is a long one; an album is none."""


def with_illustrations(document: Document, pictures: Mapping[str, bytes]) -> Document | None:
    """The document with what its pictures show behind each of them; None where none of them shows words.

    `pictures` holds the bytes of linked images by their address as written; embedded ones bring their own.
    The pictures themselves stay, so that a table in one is still known to be one.
    """
    shown = [
        (number, data) for number, block in enumerate(document.blocks) for data in _pictures_of(block, pictures) if data
    ]
    recognised = _recognised(shown[:MAX_PICTURES]) if shown else {}
    return _with(document, recognised) if recognised else None


def _pictures_of(block: Block, pictures: Mapping[str, bytes]) -> Iterator[bytes | None]:
    """The bytes of a picture, or of those in the cells of a table."""
    if isinstance(block, Picture):
        yield block.data or pictures.get(block.source)
    elif isinstance(block, Table):
        yield from map(pictures.get, block.pictures)


def _recognised(shown: Sequence[tuple[int, bytes]]) -> dict[int, list[Recognition]]:
    # OpenCV and the models take two seconds to load; most documents hold no picture.
    from crawler.documents.picture import page_images, recognise  # noqa: PLC0415

    found: dict[int, list[Recognition]] = {}
    page = 1
    for number, data in shown:
        try:
            pages = [image._replace(number=page + at) for at, image in enumerate(page_images(data))]
            found.setdefault(number, []).append(recognise(pages))
        except UnreadableError as error:
            if error.reason == "picture_without_ocr":
                return {}
            # A logo, a photograph, a broken image: the others may still be the report's pages.
            continue
        page += len(pages)
    return found


def _with(document: Document, recognised: Mapping[int, Sequence[Recognition]]) -> Document:
    blocks: list[Block] = []
    for number, block in enumerate(document.blocks):
        blocks.append(block)
        blocks += (inner for recognition in recognised.get(number, ()) for inner in recognition.blocks)

    def again(places: Collection[CellPlace]) -> Document:
        return _with(document, {number: [_again(each, places) for each in held] for number, held in recognised.items()})

    found = (doubt for held in recognised.values() for recognition in held for doubt in recognition.doubts)
    doubts = (*document.doubts, *found)
    return dataclasses.replace(document, blocks=tuple(blocks), is_recognised=True, doubts=doubts, again=again)


def _again(recognition: Recognition, places: Collection[CellPlace]) -> Recognition:
    tables = {block.place for block in recognition.blocks if isinstance(block, Table)}
    own = [place for place in places if place.table in tables]
    return recognition.again(own) if own else recognition
