"""Pages as OFD packages (GB/T 33190), in the ways of a word processor and of a converter from PDF."""

from __future__ import annotations

import io
import zipfile
from dataclasses import dataclass
from html import escape
from itertools import pairwise
from typing import TYPE_CHECKING

from tests.writers.paginated import paginated, random_setting

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from random import Random

    from crawler.simulator.made_up import MadeUpReport
    from tests.writers.paginated import Frame, Letter, Run

NAMESPACE = "http://www.ofdspec.org/2016"
POINT = 25.4 / 72


@dataclass(frozen=True, slots=True)
class Habits:
    """What a producer of OFD does one way or another. `prefix`: of the namespace; `name`: how files are named."""

    prefix: str
    root: str
    has_template: bool
    numbers_pages: bool
    nests_blocks: bool
    origin: tuple[float, float]


def write_ofd(report: MadeUpReport, random: Random) -> bytes:
    """As a word processor writes: a text object for each line of a cell, a path for each line of a grid."""
    setting = random_setting(random)
    pages = paginated(report, random, setting)
    habits = _habits(random, prefix=random.choice(("ofd:", "", "ofd:")))
    joins_rows = random.randrange(3) == 0
    thin_areas = random.randrange(3) == 0
    contents = []
    for page in pages:
        objects = [_stroke(side, is_area=thin_areas) for side in _sides(page.frames)]
        runs = _joined(page.runs) if joins_rows else page.runs
        objects += [_line_object(run) for run in runs]
        contents.append(objects)
    return package(contents, habits, setting.width, setting.height, head="政府信息公开工作年度报告")


def write_converted_ofd(report: MadeUpReport, random: Random) -> bytes:
    """As a converter from PDF writes: letters or words by themselves, a matrix on everything, a box for each cell."""
    setting = random_setting(random)
    pages = paginated(report, random, setting)
    habits = _habits(random, prefix="ofd:")
    by_letter = random.randrange(2) == 0
    contents = []
    for page in pages:
        objects = [_box(frame, is_polyline=random.randrange(2) == 0) for frame in page.frames]
        for run in page.runs:
            pieces = [(letter,) for letter in run.letters] if by_letter else _chopped(run, random)
            objects += [_matrix_object(piece, run.size) for piece in pieces]
        if random.randrange(2):
            random.shuffle(objects)
        contents.append(objects)
    return package(contents, habits, setting.width, setting.height, head="内部资料" if random.randrange(2) else "")


def _habits(random: Random, *, prefix: str) -> Habits:
    return Habits(
        prefix=prefix,
        root=random.choice(("Doc_0/", "/Doc_0/", "Doc_0\\")),
        has_template=random.randrange(3) > 0,
        numbers_pages=random.randrange(3) > 0,
        nests_blocks=random.randrange(2) == 0,
        origin=(0.0, 0.0) if random.randrange(4) else (5.0, 7.5),
    )


def package(contents: Sequence[Sequence[str]], habits: Habits, width: float, height: float, *, head: str = "") -> bytes:
    """The pages' objects (written without a prefix) as a package."""
    p = habits.prefix
    x, y = habits.origin

    def xml(name: str, body: str, attributes: str = "") -> str:
        declared = f'xmlns:{p[:-1]}="{NAMESPACE}"' if p else f'xmlns="{NAMESPACE}"'
        text = f"<{name} {declared}{attributes}>{body}</{name}>"
        prefixed = text.replace("</", "\0/").replace("<", f"<{p}").replace("\0/", f"</{p}")
        return f'<?xml version="1.0" encoding="UTF-8"?>\n{prefixed}'

    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:

        def write(name: str, text: str) -> None:
            archive.writestr(name, text.encode())

        write(
            "OFD.xml",
            xml(
                "OFD",
                f"<DocBody><DocInfo><DocID>1</DocID></DocInfo><DocRoot>{habits.root}Document.xml</DocRoot></DocBody>",
                ' Version="1.0" DocType="OFD"',
            ),
        )
        area = f"<PageArea><PhysicalBox>{x} {y} {width} {height}</PhysicalBox></PageArea>"
        template = '<TemplatePage ID="900" BaseLoc="Tpls/Tpl_0/Content.xml"/>' if habits.has_template else ""
        listed = "".join(f'<Page ID="{n + 1000}" BaseLoc="Pages/Page_{n}/Content.xml"/>' for n in range(len(contents)))
        write(
            "Doc_0/Document.xml",
            xml(
                "Document",
                f"<CommonData><MaxUnitID>9</MaxUnitID>{area}<PublicRes>PublicRes.xml</PublicRes>{template}</CommonData><Pages>{listed}</Pages>",
            ),
        )
        write("Doc_0/PublicRes.xml", xml("Res", '<Fonts><Font ID="3" FontName="宋体"/></Fonts>', ' BaseLoc="Res"'))
        if habits.has_template:
            body = _text_object(head, 20, 12, 3.2) if head else ""
            write(
                "Doc_0/Tpls/Tpl_0/Content.xml",
                xml("Page", f'<Content><Layer Type="Background" ID="901">{_moved(body, x, y)}</Layer></Content>'),
            )
        for number, objects in enumerate(contents):
            used = '<Template TemplateID="900" ZOrder="Background"/>' if habits.has_template else ""
            own = list(objects)
            if habits.numbers_pages:
                own.append(_text_object(f"- {number + 1} -", width / 2 - 4, height - 12, 3.2))
            inner = "".join(own)
            if x or y or habits.nests_blocks:
                inner = f'<PageBlock ID="5">{_moved(inner, x, y)}</PageBlock>'
            write(
                f"Doc_0/Pages/Page_{number}/Content.xml",
                xml("Page", f'{used}<Content><Layer ID="2" Type="Body">{inner}</Layer></Content>'),
            )
    return stream.getvalue()


def _moved(objects: str, x: float, y: float) -> str:
    """The objects at the page's own origin."""
    if not (x or y):
        return objects
    pieces = objects.split('Boundary="')
    moved = [pieces[0]]
    for piece in pieces[1:]:
        box, rest = piece.split('"', 1)
        left, top, width, height = map(float, box.split())
        moved.append(f'{_number(left + x)} {_number(top + y)} {_number(width)} {_number(height)}"{rest}')
    return 'Boundary="'.join(moved)


def _number(value: float) -> str:
    return f"{value:.4f}".rstrip("0").rstrip(".") or "0"


def _text_object(text: str, x: float, y: float, size: float) -> str:
    """Without deltas: the reader takes the widths of the font."""
    boundary = " ".join(map(_number, (x, y - size, len(text) * size, size * 1.3)))
    return (
        f'<TextObject ID="7" Boundary="{boundary}"'
        f' Font="3" Size="{_number(size)}"><TextCode X="0" Y="{_number(size)}">{escape(text)}</TextCode></TextObject>'
    )


def _line_object(run: Run) -> str:
    first, last = run.letters[0], run.letters[-1]
    size = run.size
    steps = [after.x - before.x for before, after in pairwise(run.letters)]
    delta = f' DeltaX="{_deltas(steps)}"' if steps else ""
    text = "".join(letter.text for letter in run.letters)
    return (
        f'<TextObject ID="7" Boundary="{_number(first.x)} {_number(first.y - size)}'
        f' {_number(last.x + last.width - first.x)} {_number(size * 1.2)}" Font="3" Size="{_number(size)}">'
        f'<FillColor Value="0 0 0"/><TextCode X="0" Y="{_number(size)}"{delta}>{escape(text)}</TextCode></TextObject>'
    )


def _deltas(steps: Sequence[float]) -> str:
    words: list[str] = []
    position = 0
    while position < len(steps):
        same = 1
        while position + same < len(steps) and abs(steps[position + same] - steps[position]) < 0.0005:
            same += 1
        step = _number(steps[position])
        words += ["g", str(same), step] if same > 2 else [step] * same
        position += same
    return " ".join(words)


def _joined(runs: Iterable[Run]) -> list[Run]:
    """Runs of one row of a table on one baseline as one run, as if a line of text went through the whole table."""
    held: dict[tuple[int, float], Run] = {}
    found: list[Run] = []
    for run in sorted(runs, key=lambda each: each.letters[0].x):
        key = (run.row, round(run.letters[0].y, 3))
        if run.row >= 0 and key in held and run.letters[0].x - _end(held[key].letters[-1]) > run.size:
            held[key] = held[key]._replace(letters=(*held[key].letters, *run.letters))
        elif run.row >= 0 and key not in held:
            held[key] = run
        else:
            found.append(run)
    return [*found, *held.values()]


def _end(letter: Letter) -> float:
    return letter.x + letter.width


def _chopped(run: Run, random: Random) -> list[tuple[Letter, ...]]:
    pieces = []
    position = 0
    while position < len(run.letters):
        count = random.choice((1, 2, 3, 8, 20))
        pieces.append(run.letters[position : position + count])
        position += count
    return pieces


def _matrix_object(letters: Sequence[Letter], size: float) -> str:
    """In points, as the PDF had it."""
    first, last = letters[0], letters[-1]
    steps = [(after.x - before.x) / POINT for before, after in pairwise(letters)]
    delta = f' DeltaX="{_deltas(steps)}"' if steps else ""
    text = "".join(letter.text for letter in letters)
    scale = _number(POINT)
    top = first.y - size
    matrix = f"{POINT:.6f} 0 0 {POINT:.6f} 0 0"
    base = _number(size / POINT)
    boundary = " ".join(map(_number, (first.x, top, _end(last) - first.x, size * 1.2)))
    return (
        f'<TextObject ID="7" Boundary="{boundary}"'
        f' CTM="{matrix}" Font="3" Size="{_number(size / POINT)}" LineWidth="{scale}">'
        f'<CGTransform CodePosition="0" CodeCount="{len(text)}" GlyphCount="{len(text)}">'
        f"<Glyphs>{' '.join(str(ord(letter) % 4000) for letter in text)}</Glyphs></CGTransform>"
        f'<TextCode X="0" Y="{base}"{delta}>{escape(text)}</TextCode></TextObject>'
    )


def _sides(frames: Iterable[Frame]) -> list[tuple[float, float, float, float]]:
    found: dict[tuple[float, ...], tuple[float, float, float, float]] = {}
    for left, top, right, bottom in frames:
        for side in (
            (left, top, right, top),
            (left, bottom, right, bottom),
            (left, top, left, bottom),
            (right, top, right, bottom),
        ):
            found.setdefault(tuple(round(each, 3) for each in side), side)
    return list(found.values())


def _stroke(side: tuple[float, float, float, float], *, is_area: bool) -> str:
    left, top, right, bottom = side
    width, height = right - left, bottom - top
    if is_area:
        thick = 0.18
        x, y = (width, thick) if height == 0 else (thick, height)
        data = f"M 0 0 L {_number(x)} 0 L {_number(x)} {_number(y)} L 0 {_number(y)} C"
        paint = 'Stroke="false" Fill="true"'
    else:
        data = f"M 0 0 L {_number(width)} {_number(height)}"
        paint = 'LineWidth="0.18"'
    return (
        f'<PathObject ID="6" Boundary="{_number(left)} {_number(top)} {_number(width)} {_number(height)}" {paint}>'
        f"<AbbreviatedData>{data}</AbbreviatedData></PathObject>"
    )


def _box(frame: Frame, *, is_polyline: bool) -> str:
    left, top, right, bottom = frame
    width, height = (right - left) / POINT, (bottom - top) / POINT
    x, y = _number(width), _number(height)
    data = (
        f"M 0 0 L {x} 0 M {x} 0 L {x} {y} M {x} {y} L 0 {y} M 0 {y} L 0 0"
        if is_polyline
        else f"S 0 0 L {x} 0 L {x} {y} L 0 {y} C"
    )
    return (
        f'<PathObject ID="6" Boundary="{_number(left)} {_number(top)} {_number(right - left)} {_number(bottom - top)}"'
        f' CTM="{POINT:.6f} 0 0 {POINT:.6f} 0 0" LineWidth="0.5" Stroke="true"><StrokeColor Value="0 0 0"/>'
        f"<AbbreviatedData>{data}</AbbreviatedData></PathObject>"
    )
