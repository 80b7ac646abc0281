"""The XML of Word documents in short words, and the package around it."""

from __future__ import annotations

import io
import zipfile

NAMESPACES = {
    "w": "http://schemas.openxmlformats.org/wordprocessingml/2006/main",
    "r": "http://schemas.openxmlformats.org/officeDocument/2006/relationships",
    "mc": "http://schemas.openxmlformats.org/markup-compatibility/2006",
    "v": "urn:schemas-microsoft-com:vml",
    "w14": "http://schemas.microsoft.com/office/word/2010/wordml",
    "wps": "http://schemas.microsoft.com/office/word/2010/wordprocessingShape",
    "wp": "http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing",
    "a": "http://schemas.openxmlformats.org/drawingml/2006/main",
}
STRICT = {
    "http://schemas.openxmlformats.org/wordprocessingml/2006/main": "http://purl.oclc.org/ooxml/wordprocessingml/main",
    "http://schemas.openxmlformats.org/officeDocument/2006/relationships": (
        "http://purl.oclc.org/ooxml/officeDocument/relationships"
    ),
    "http://schemas.openxmlformats.org/drawingml/2006/main": "http://purl.oclc.org/ooxml/drawingml/main",
}
_RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
_W = f'xmlns:w="{NAMESPACES["w"]}"'


def package(document: str, *, main: str = "word/document.xml", **more: str | bytes) -> bytes:
    """A Word file around a main part; `more` are further parts of its folder by name with __ for the dot."""
    file = io.BytesIO()
    folder, _, name = main.rpartition("/")
    kinds = {part.partition("__")[0]: part.replace("__", ".") for part in more if part.endswith("__xml")}
    related = "".join(
        f'<Relationship Id="rId{kind}" Type="{NAMESPACES["r"]}/{kind}" Target="{target}"/>'
        for kind, target in kinds.items()
    )
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(
            "[Content_Types].xml",
            '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
            '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
            '<Default Extension="xml" ContentType="application/xml"/>'
            f'<Override PartName="/{main}" ContentType="application/vnd.openxmlformats-officedocument.'
            'wordprocessingml.document.main+xml"/>'
            + "".join(
                f'<Override PartName="/{folder}/{target}" ContentType="application/vnd.openxmlformats-officedocument.'
                f'wordprocessingml.{kind}+xml"/>'
                for kind, target in kinds.items()
            )
            + "</Types>",
        )
        archive.writestr(
            "_rels/.rels",
            f'<Relationships xmlns="{_RELATIONS}"><Relationship Id="rId1" Type="{NAMESPACES["r"]}/officeDocument" '
            f'Target="{main}"/></Relationships>',
        )
        archive.writestr(main, document)
        archive.writestr(
            f"{folder}/_rels/{name}.rels", f'<Relationships xmlns="{_RELATIONS}">{related}</Relationships>'
        )
        for part, content in more.items():
            archive.writestr(f"{folder}/{part.replace('__', '.')}", content)
    return file.getvalue()


def document_xml(body: str) -> str:
    """A main part around the XML of a body."""
    spaces = " ".join(f'xmlns:{prefix}="{name}"' for prefix, name in NAMESPACES.items())
    return (
        f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<w:document {spaces} mc:Ignorable="w14">'
        f"<w:body>{body}</w:body></w:document>"
    )


def p(text: str, marks: str = "") -> str:
    return f'<w:p><w:pPr>{marks}</w:pPr><w:r><w:t xml:space="preserve">{text}</w:t></w:r></w:p>'


def tc(content: str, marks: str = "") -> str:
    inner = content if content.startswith("<") else p(content)
    return f"<w:tc><w:tcPr>{marks}</w:tcPr>{inner}</w:tc>"


def tr(*cells: str, marks: str = "") -> str:
    return (
        f"<w:tr><w:trPr>{marks}</w:trPr>{''.join(cell if cell.startswith('<') else tc(cell) for cell in cells)}</w:tr>"
    )


def tbl(*rows: str) -> str:
    return f"<w:tbl><w:tblPr/><w:tblGrid/>{''.join(rows)}</w:tbl>"


def span(width: int) -> str:
    return f'<w:gridSpan w:val="{width}"/>'


def numbered(text: str, number: str = "1", level: int = 0) -> str:
    return p(text, f'<w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="{number}"/></w:numPr>')


def numbering(*levels: str, more: str = "") -> str:
    return (
        f'<w:numbering {_W}><w:abstractNum w:abstractNumId="5">{"".join(levels)}</w:abstractNum>{more}'
        '<w:num w:numId="1"><w:abstractNumId w:val="5"/></w:num></w:numbering>'
    )


def level(number: int, kind: str, text: str, more: str = "") -> str:
    marks = f'<w:start w:val="1"/><w:numFmt w:val="{kind}"/>{more}<w:lvlText w:val="{text}"/>'
    return f'<w:lvl w:ilvl="{number}">{marks}</w:lvl>'


def styles(*found: str) -> str:
    return f"<w:styles {_W}>{''.join(found)}</w:styles>"


def style(identity: str, name: str, inner: str, kind: str = "paragraph") -> str:
    return f'<w:style w:type="{kind}" w:styleId="{identity}"><w:name w:val="{name}"/>{inner}</w:style>'


def box(content: str) -> str:
    inner = f"<w:txbxContent>{content}</w:txbxContent>"
    return (
        f'<mc:AlternateContent><mc:Choice Requires="wps"><w:drawing><wp:posOffset>77</wp:posOffset><wps:txbx>{inner}'
        f"</wps:txbx></w:drawing></mc:Choice><mc:Fallback><w:pict><v:textbox>{inner}</v:textbox></w:pict></mc:Fallback>"
        "</mc:AlternateContent>"
    )


def with_relation(data: bytes, identity: str, kind: str, target: str, more: dict[str, bytes], mode: str = "") -> bytes:
    """The package with one more relation of its main part, and further members."""
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            content = old.read(name)
            if name == "word/_rels/document.xml.rels":
                added = f'<Relationship Id="{identity}" Type="{NAMESPACES["r"]}/{kind}" Target="{target}"{mode}/>'
                content = content.replace(b"</Relationships>", added.encode() + b"</Relationships>")
            new.writestr(name, content)
        for name, content in more.items():
            new.writestr(name, content)
    return file.getvalue()
