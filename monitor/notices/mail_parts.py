"""The parts of which an HTML mail is built: tables with inline styles, which is all that mail programs keep.

Pure. Every value is escaped where it is put in (markupsafe). No script, no style sheet, nothing from afar.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from markupsafe import Markup

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

INK, FAINT, LINE, PAPER, GROUND = "#1f2933", "#667085", "#e4e7ec", "#ffffff", "#f2f4f7"
GREEN, AMBER, RED, VIOLET, BLUE, SLATE = "#067647", "#b54708", "#b42318", "#6941c6", "#175cd3", "#475467"
TEAL = "#0e7090"

COLOURS: Mapping[str, str] = {
    "missing": RED,
    "withdrawn": VIOLET,
    "late": AMBER,
    "malformed": BLUE,
    "operator": SLATE,
    "updated": TEAL,
    "reminded": AMBER,
    "corrected": GREEN,
}
"""Rule of a new alert, or kind of any other item → its colour."""

FONT = "font-family:-apple-system,'Segoe UI','PingFang SC','Microsoft YaHei','Noto Sans CJK SC',sans-serif"
MONO = "font-family:Consolas,Menlo,'Courier New',monospace"
_TABLE = Markup('<table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0"{}>{}</table>')


class Tally(NamedTuple):
    """One count at the top: its colour, its words, how many."""

    colour: str
    label: str
    number: int


def table(rows: Markup, style: str = "") -> Markup:
    """A table for layout only; screen readers pass over it."""
    return _TABLE.format(Markup(' style="{}"').format(style) if style else "", rows)


def joined(parts: Iterable[Markup]) -> Markup:
    """The parts one after the other."""
    return Markup("").join(parts)


def document(title: str, preview: str, language: str, content: Markup) -> str:
    """The whole mail. `preview` is what lists of mails show beside the subject."""
    return str(
        Markup(
            '<!DOCTYPE html><html lang="{}"><head><meta charset="utf-8">'
            '<meta name="viewport" content="width=device-width,initial-scale=1">'
            '<meta name="color-scheme" content="light"><title>{}</title></head>'
            '<body style="margin:0;padding:0;background:{};-webkit-text-size-adjust:100%">'
            '<div style="display:none;max-height:0;overflow:hidden;font-size:1px;line-height:1px;color:{}">{}</div>'
            "{}</body></html>\n"
        ).format(
            "zh-CN" if language == "zh" else language,
            title,
            GROUND,
            GROUND,
            preview,
            table(
                Markup(
                    '<tr><td align="center" style="padding:16px 8px"><table role="presentation" width="100%" '
                    'cellpadding="0" cellspacing="0" border="0" style="max-width:680px;{};color:{};font-size:15px;'
                    'line-height:1.6;text-align:left;word-break:break-word;overflow-wrap:anywhere">{}</table></td></tr>'
                ).format(FONT, INK, content),
                f"background:{GROUND}",
            ),
        )
    )


def panel(content: Markup) -> Markup:
    """A white sheet across the mail."""
    return Markup(
        '<tr><td style="background:{};border:1px solid {};border-radius:10px;padding:18px 20px">{}</td></tr>'
        '<tr><td style="height:12px;line-height:12px;font-size:12px">&nbsp;</td></tr>'
    ).format(PAPER, LINE, content)


def masthead(label: str, title: str, as_of: str) -> Markup:
    """Whose mail this is, what it says in one line, and of when."""
    return Markup(
        '<div style="font-size:12px;letter-spacing:.08em;color:{}">{}</div>'
        '<h1 style="margin:4px 0 2px;font-size:21px;line-height:1.35;font-weight:700">{}</h1>'
        '<div style="font-size:13px;color:{}">{}</div>'
    ).format(FAINT, label, title, FAINT, as_of)


def squares(tallies: Sequence[Tally]) -> Markup:
    """The counts as squares of their colours, above a bar that shows their shares."""
    present = [tally for tally in tallies if tally.number]
    total = sum(tally.number for tally in present)
    if not total:
        return Markup("")
    boxes = joined(
        Markup(
            '<div style="display:inline-block;vertical-align:top;min-width:64px;margin:0 6px 6px 0;padding:6px 9px;'
            'border-radius:8px;background:{};color:#ffffff"><div style="font-size:20px;line-height:1.2;'
            'font-weight:700">{}</div><div style="font-size:12px;line-height:1.4">{}</div></div>'
        ).format(tally.colour, tally.number, tally.label)
        for tally in present
    )
    cells = joined(
        Markup('<td width="{}%" height="6" style="background:{};font-size:0;line-height:0">&nbsp;</td>').format(
            round(100 * tally.number / total, 1), tally.colour
        )
        for tally in present
    )
    bar = table(Markup("<tr>{}</tr>").format(cells), "border-radius:3px;overflow:hidden;margin-top:4px")
    return Markup('<div style="margin-top:14px">{}{}</div>').format(boxes, bar)


def note(words: str) -> Markup:
    """A remark that must not be overlooked."""
    return Markup(
        '<div style="margin-top:12px;padding:10px 12px;border-radius:8px;background:#fffaeb;border:1px solid #fedf89;'
        'color:#7a2e0e;font-size:14px">{}</div>'
    ).format(words)


def heading(words: str, count: int) -> Markup:
    """The head of a group."""
    return Markup(
        '<h2 style="margin:0 0 4px;font-size:16px;line-height:1.4;font-weight:700">{} '
        '<span style="font-weight:400;color:{}">{}</span></h2>'
    ).format(words, FAINT, count)


def badge(words: str, colour: str) -> Markup:
    """A short word on its colour."""
    return Markup(
        '<span style="display:inline-block;padding:1px 8px;border-radius:9px;background:{};color:#ffffff;'
        'font-size:12px;line-height:1.6;white-space:nowrap">{}</span>'
    ).format(colour, words)


def faint_id(key: str) -> Markup:
    """An alert's id, to be copied."""
    return Markup('<span style="{};font-size:12px;color:{}">{}</span>').format(MONO, FAINT, key)


def card(colour: str, content: Markup) -> Markup:
    """One alert, with its colour at the side."""
    return table(
        Markup(
            '<tr><td width="4" style="background:{};border-radius:2px;font-size:0">&nbsp;</td>'
            '<td style="padding:2px 0 4px 14px">{}</td></tr>'
        ).format(colour, content),
        "margin-top:18px",
    )


def line(content: Markup | str, style: str = "") -> Markup:
    """One paragraph."""
    return Markup('<div style="margin-top:4px;{}">{}</div>').format(style, content)


def fact(label: str, value: Markup | str) -> Markup:
    """A label and what it names beside it."""
    return table(
        Markup(
            '<tr><td width="68" valign="top" style="width:68px;padding:3px 8px 0 0;font-size:13px;line-height:1.55;'
            'color:{};white-space:nowrap">{}</td><td valign="top" style="padding:3px 0 0;font-size:13px;'
            'line-height:1.55">{}</td></tr>'
        ).format(FAINT, label, value)
    )


def quote(label: str, words: str) -> Markup:
    """What was said before, in its own words."""
    return Markup(
        '<div style="margin-top:6px;padding:8px 12px;border-left:3px solid {};background:{};color:{};font-size:13px">'
        '<div style="color:{};font-size:12px">{}</div>{}</div>'
    ).format(LINE, GROUND, SLATE, FAINT, label, words)


def link(url: str) -> Markup:
    """An address that shows itself. It must be harmless already (`monitor.notices.digests.neutral_url`)."""
    return Markup('<a href="{}" style="color:{};text-decoration:underline;word-break:break-all">{}</a>').format(
        url, BLUE, url
    )


def grid(rows: Iterable[tuple[Markup | str, Markup | str]]) -> Markup:
    """What is too much to be told in full, a line each: what it is, and at the right edge what is to be said of it."""
    cell = Markup('<td valign="top" align="{}" style="padding:6px 0;border-top:1px solid {};font-size:13px">{}</td>')
    body = joined(
        Markup("<tr>{}{}</tr>").format(cell.format("left", LINE, what), cell.format("right", LINE, said))
        for what, said in rows
    )
    return table(body, "margin-top:8px")


def footer(lines: Iterable[str]) -> Markup:
    """What the mail is, and its name, in small print."""
    words = joined(Markup("<div>{}</div>").format(text) for text in lines)
    return Markup('<tr><td style="padding:4px 8px 20px;font-size:12px;color:{}">{}</td></tr>').format(FAINT, words)
