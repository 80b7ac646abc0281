"""Pictures of reports: pages printed by Chromium or drawn by Pillow, then worn as scans are; and screenshots."""

from __future__ import annotations

import io
from html import escape
from typing import TYPE_CHECKING, NamedTuple

import cv2
import numpy as np
import pypdfium2 as pdfium
from PIL import Image, ImageDraw, ImageFont
from playwright.sync_api import sync_playwright

from crawler.simulator.renderers.grids import table_grid
from crawler.simulator.renderers.markup import rows_markup
from crawler.simulator.renderers.printed import Kind, parts

if TYPE_CHECKING:
    from collections.abc import Sequence
    from random import Random

    from numpy.typing import NDArray

    from crawler.simulator.made_up import MadeUpReport

    Pixels = NDArray[np.uint8]

FONTS = ("Noto Serif CJK SC", "Noto Sans CJK SC")
FONT_FILES = (
    "/usr/share/fonts/opentype/noto/NotoSerifCJK-Regular.ttc",
    "/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc",
)
SC_FACE = 2
"""The simplified Chinese face of a Noto collection."""
STAMP_RED = (60, 50, 215)


CHROMIUM = "/usr/bin/chromium"


class Style(NamedTuple):
    """How a page of HTML is set: sizes in points."""

    font: str
    text: float
    leading: float
    table: float
    padding: float
    border: float
    number_align: str


def random_style(random: Random) -> Style:
    """Sizes and rules as Word and portals set them."""
    return Style(
        random.choice(FONTS),
        random.choice((12, 14, 16)),
        random.choice((1.4, 1.6, 2)),
        random.choice((9, 10.5, 10.5, 12)),
        random.choice((1, 2, 4, 6)),
        random.choice((0.5, 0.75, 1, 1.5)),
        random.choice(("center", "center", "right", "left")),
    )


def page_html(report: MadeUpReport, random: Random) -> str:
    """The report as a page to print or to take a screenshot of."""
    style = random_style(random)
    css = (
        f"@page {{ size: A4; margin: {random.randint(15, 28)}mm }}"
        f"body {{ font-family: '{style.font}'; font-size: {style.text}pt; line-height: {style.leading} }}"
        "h1 { text-align: center; font-size: 20pt } p { text-indent: 2em; margin: 0.2em 0 } h2 { font-size: 1.05em }"
        f"table {{ border-collapse: collapse; width: 100%; font-size: {style.table}pt; line-height: 1.3;"
        f" table-layout: {random.choice(('auto', 'auto', 'fixed'))} }}"
        f"td, th {{ border: {style.border}pt solid black; padding: {style.padding}pt; text-align: {style.number_align};"
        f" font-weight: normal; vertical-align: {random.choice(('middle', 'top', 'middle'))}; word-break: break-all }}"
        "p.signature { text-align: right }"
    )
    body: list[str] = []
    for part in parts(report):
        match part.kind:
            case Kind.TITLE:
                body.append(f"<h1>{escape(part.text)}</h1>")
            case Kind.HEADING:
                body.append(f"<h2>{escape(part.text)}</h2>")
            case Kind.TABLE:
                body.append(f"<table>{rows_markup(table_grid(report, part.table))}</table>")
            case _:
                body.append(f'<p class="{part.kind.name.lower()}">{escape(part.text)}</p>')
    return f"<!doctype html><meta charset=utf-8><style>{css}</style><body>{''.join(body)}</body>"


class Wear(NamedTuple):
    """What a scan does to a page."""

    degrees: float = 0.0
    blur: float = 0.0
    noise: float = 0.0
    quality: int = 90
    shade: float = 0.0
    has_stamp: bool = False
    is_grey: bool = False


def random_wear(random: Random, *, has_stamp: bool | None = None) -> Wear:
    """An office scanner's work: a page laid in by hand, compressed for mail."""
    stamped = random.randrange(4) == 0 if has_stamp is None else has_stamp
    return Wear(
        degrees=random.uniform(-1, 1),
        blur=random.choice((0.0, 0.5, 0.7, 0.9)),
        noise=random.choice((0.0, 3.0, 6.0, 9.0)),
        quality=random.randint(50, 90),
        shade=random.choice((0.0, 0.0, 0.1, 0.25)),
        has_stamp=stamped,
        is_grey=not stamped and random.randrange(3) == 0,
    )


def worn(pixels: Pixels, wear: Wear, random: Random, dpi: float) -> Pixels:
    """The page as it comes out of the scanner (before compression)."""
    page = pixels.astype(np.float32)
    height, width = page.shape[:2]
    if wear.has_stamp:
        page = _stamped(page, random, dpi)
    if wear.shade:
        light = np.linspace(1.0, 1.0 - wear.shade, width, dtype=np.float32)
        page *= (light if random.randrange(2) else light[::-1])[None, :, None]
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), wear.degrees, 1.0)
    page = cv2.warpAffine(page, matrix, (width, height), flags=cv2.INTER_LINEAR, borderValue=(250.0, 250.0, 250.0))
    if wear.blur:
        page = cv2.GaussianBlur(page, (0, 0), wear.blur * dpi / 150)
    if wear.noise:
        page += np.random.default_rng(random.randrange(2**31)).normal(0, wear.noise, page.shape[:2])[:, :, None]
    page = np.clip(page, 0, 255)
    if wear.is_grey:
        page[:] = cv2.cvtColor(page, cv2.COLOR_BGR2GRAY)[:, :, None]
    return page.astype(np.uint8)


def _stamped(page: NDArray[np.float32], random: Random, dpi: float) -> NDArray[np.float32]:
    """A round red seal with a star and letters, somewhere over print, its ink mixed with what is below."""
    size = round(dpi * random.uniform(1.4, 1.7))
    seal = Image.new("L", (size, size), 0)
    pen = ImageDraw.Draw(seal)
    rim = max(size // 40, 2)
    pen.ellipse((rim, rim, size - rim, size - rim), outline=255, width=rim)
    font = ImageFont.truetype(FONT_FILES[1], size // 8, index=SC_FACE)
    pen.text((size / 2, size * 0.22), "青禾县人民政府", font=font, fill=255, anchor="mm")
    pen.text(
        (size / 2, size * 0.5),
        "★",
        font=ImageFont.truetype(FONT_FILES[1], size // 3, index=SC_FACE),
        fill=255,
        anchor="mm",
    )
    pen.text((size / 2, size * 0.78), "信息公开专用章", font=font, fill=255, anchor="mm")
    seal = seal.rotate(random.uniform(-25, 25))
    share = np.asarray(seal, dtype=np.float32)[:, :, None] / 255 * random.uniform(0.6, 0.95)
    height, width = page.shape[:2]
    corner = random.choice(((0.1, 0.1), (0.6, 0.1), (0.1, 0.6), (0.6, 0.6), (0.4, 0.4)))
    left = round(width * (corner[0] + random.uniform(0, 0.12)))
    top = round(height * (corner[1] + random.uniform(0, 0.12)))
    below = page[top : top + size, left : left + size]
    share = share[: below.shape[0], : below.shape[1]]
    ink = np.array(STAMP_RED, dtype=np.float32)
    below *= 1 - share * (1 - ink / 255)
    return page


def as_jpeg(pixels: Pixels, quality: int, dpi: float) -> bytes:
    """The page compressed as scanners do."""
    stream = io.BytesIO()
    Image.fromarray(pixels[:, :, ::-1]).save(stream, "JPEG", quality=quality, dpi=(dpi, dpi))
    return stream.getvalue()


def rendered(pdf: bytes, dpi: float) -> list[Pixels]:
    """The pages of a PDF as pixels."""
    document = pdfium.PdfDocument(pdf)
    try:
        return [page.render(scale=dpi / 72).to_numpy()[:, :, :3].copy() for page in document]
    finally:
        document.close()


def scanned(pdf: bytes, random: Random, dpi: float, *, pages: int | None = None) -> bytes:
    """The first so many pages of a PDF (all) as an office scanner returns them: a PDF of worn pictures."""
    wear = random_wear(random)
    scans = [
        Image.open(io.BytesIO(as_jpeg(worn(page, wear, random, dpi), wear.quality, dpi)))
        for page in rendered(pdf, dpi)[:pages]
    ]
    stream = io.BytesIO()
    scans[0].save(stream, "PDF", save_all=True, append_images=scans[1:], resolution=dpi)
    return stream.getvalue()


def printed_by_chromium(htmls: Sequence[str]) -> list[bytes]:
    """PDFs of pages, by one running browser."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        page = browser.new_page()
        pdfs = []
        for html in htmls:
            page.set_content(html)
            pdfs.append(page.pdf(prefer_css_page_size=True))
        browser.close()
        return pdfs


def screenshots(htmls: Sequence[str], *, scale: float = 2.0) -> list[bytes]:
    """One PNG of each whole page, however long, as a phone or a portal's editor makes it."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 820, "height": 1000}, device_scale_factor=scale)
        pictures = []
        for html in htmls:
            page.set_content(html)
            pictures.append(page.screenshot(full_page=True))
        browser.close()
        return pictures


def drawn_table(
    rows: Sequence[Sequence[str]], *, widths: Sequence[int], size: int = 28, margin: int = 60
) -> Image.Image:
    """A ruled table of plain cells, black on white; a text may have several lines."""
    font = ImageFont.truetype(FONT_FILES[0], size, index=SC_FACE)
    heights = [max(1 + text.count("\n") for text in row) * round(size * 1.35) + size for row in rows]
    page = Image.new("RGB", (sum(widths) + 2 * margin, sum(heights) + 2 * margin), "white")
    pen = ImageDraw.Draw(page)
    top = margin
    for row, height in zip(rows, heights, strict=True):
        left = margin
        for text, width in zip(row, widths, strict=True):
            pen.rectangle((left, top, left + width, top + height), outline="black", width=2)
            middle = (left + width / 2, top + height / 2)
            pen.multiline_text(middle, text, font=font, fill="black", anchor="mm", align="center", spacing=size * 0.35)
            left += width
        top += height
    return page


def encoded(image: Image.Image, kind: str = "PNG", **options: object) -> bytes:
    """The bytes of a picture file."""
    stream = io.BytesIO()
    image.save(stream, kind, **options)  # type: ignore[arg-type]
    return stream.getvalue()
