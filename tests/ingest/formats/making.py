"""Small files of each format, made for the tests."""

import io
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path

import odfdo
import reportlab
from langchain_core.documents import Document
from langchain_core.documents.base import Blob
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from ingest.formats import DOCX, ODT, PDF, parse

# Where a word stands on a page: from the left, from the bottom, the size of its letters, the words.
Drawn = tuple[float, float, float, str]

_FONT = str(Path(reportlab.__file__).parent / "fonts" / "Vera.ttf")
_WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_TYPES = "http://schemas.openxmlformats.org/package/2006/content-types"
_RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def pdf(
    *pages: Sequence[Drawn],
    title: str = "",
    author: str = "",
    outline: Mapping[int, str] = {},
    password: str | None = None,
    turned: int = 0,
) -> bytes:
    """A PDF in Helvetica; `outline` names some pages (from 0) in its outline; `turned`: by how many degrees."""
    buffer = io.BytesIO()
    encryption = StandardEncryption(password, ownerPassword="owner") if password is not None else None
    canvas = Canvas(buffer, pagesize=(595, 842), encrypt=encryption, invariant=True)
    canvas.setTitle(title)
    canvas.setAuthor(author)
    for number, page in enumerate(pages):
        if number in outline:
            canvas.bookmarkPage(str(number))
            canvas.addOutlineEntry(outline[number], str(number))
        canvas.translate(*{0: (0, 0), 90: (595, 0), 180: (595, 842), 270: (0, 842)}[turned])
        canvas.rotate(turned)
        for left, bottom, size, text in page:
            canvas.setFont("Helvetica", size)
            canvas.drawString(left, bottom, text)
        canvas.showPage()
    canvas.save()
    return buffer.getvalue()


def column(left: float, top: float, *lines: str, size: float = 10, step: float = 12) -> list[Drawn]:
    """Lines one under the other."""
    return [(left, top - step * number, size, line) for number, line in enumerate(lines)]


def scan(picture: bytes, pages: int = 1, after: Sequence[Drawn] = ()) -> bytes:
    """A PDF whose pages are a picture (PNG), with a page of text `after` them."""
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=(595, 842), invariant=True)
    for _ in range(pages):
        canvas.drawImage(ImageReader(io.BytesIO(picture)), 0, 0, 595, 842)
        canvas.showPage()
    for left, bottom, size, text in after:
        canvas.setFont("Helvetica", size)
        canvas.drawString(left, bottom, text)
    canvas.save()
    return buffer.getvalue()


def picture(words: str) -> bytes:
    """A page (PNG) in large letters."""
    from PIL import Image, ImageDraw, ImageFont

    image = Image.new("L", (1240, 1754), 255)
    ImageDraw.Draw(image).multiline_text((100, 150), words, font=ImageFont.truetype(_FONT, 44), fill=0, spacing=30)
    buffer = io.BytesIO()
    image.save(buffer, "PNG")
    return buffer.getvalue()


def docx(body: str, notes: Sequence[str] = (), core: str = "", more: Mapping[str, str] = {}) -> bytes:
    """A DOCX of this WordprocessingML; note n is called by `note_mark(n)`."""
    kinds = {"styles": _styles(), "numbering": _NUMBERING, "footnotes": _footnotes(notes)}
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{_TYPES}"><Default Extension="rels" ContentType="application/vnd.'
        'openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/>'
        '<Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.'
        'wordprocessingml.document.main+xml"/></Types>',
        "_rels/.rels": _relations({"word/document.xml": "officeDocument"}),
        "word/_rels/document.xml.rels": _relations({f"{kind}.xml": kind for kind in kinds}),
        "word/document.xml": f'<w:document xmlns:w="{_WORD}"><w:body>{body}</w:body></w:document>',
        **{f"word/{kind}.xml": xml for kind, xml in kinds.items()},
        **({"docProps/core.xml": core} if core else {}),
        **more,
    }
    return archive(parts)


def paragraph(text: str, style: str = "", listed: int | None = None) -> str:
    """`listed`: the number of its list, 1 for bullets and 2 for numbers."""
    kind = f'<w:pStyle w:val="{style}"/>' if style else ""
    kind += f'<w:numPr><w:ilvl w:val="0"/><w:numId w:val="{listed}"/></w:numPr>' if listed else ""
    return f'<w:p><w:pPr>{kind}</w:pPr><w:r><w:t xml:space="preserve">{text}</w:t></w:r></w:p>'


def note_mark(number: int) -> str:
    """Put in a paragraph's text: calls a footnote."""
    return f'</w:t></w:r><w:r><w:footnoteReference w:id="{number}"/></w:r><w:r><w:t xml:space="preserve">'


def table(*rows: Sequence[str]) -> str:
    lines = ("".join(f"<w:tc>{paragraph(cell)}</w:tc>" for cell in row) for row in rows)
    return f"<w:tbl>{''.join(f'<w:tr>{line}</w:tr>' for line in lines)}</w:tbl>"


def core(title: str, creator: str, modified: str) -> str:
    return (
        '<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties" '
        'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/">'
        f"<dc:title>{title}</dc:title><dc:creator>{creator}</dc:creator>"
        f"<dcterms:modified>{modified}</dcterms:modified></cp:coreProperties>"
    )


def odt(*elements: odfdo.Element | str, title: str = "") -> bytes:
    """An ODT of these elements, or of this XML."""
    document = odfdo.Document("text")
    document.body.clear()
    for element in elements:
        document.body.append(odfdo.Element.from_tag(element) if isinstance(element, str) else element)
    document.meta.title = title
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()


def archive(parts: Mapping[str, str | bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in parts.items():
            # Dated, so that the same parts are the same bytes.
            file.writestr(zipfile.ZipInfo(name, (2016, 12, 10, 0, 0, 0)), content, zipfile.ZIP_DEFLATED)
    return buffer.getvalue()


def changed(data: bytes, name: str, content: str | bytes) -> bytes:
    """An archive with one part that says something else."""
    with zipfile.ZipFile(io.BytesIO(data)) as file:
        return archive({part: file.read(part) for part in file.namelist()} | {name: content})


def part(data: bytes, name: str) -> str:
    with zipfile.ZipFile(io.BytesIO(data)) as file:
        return file.read(name).decode()


def read_pdf(data: bytes, name: str = "document.pdf") -> list[Document]:
    return parse(Blob.from_data(data, mime_type=PDF, path=name))


def read_docx(data: bytes) -> Document:
    (page,) = parse(Blob.from_data(data, mime_type=DOCX))
    return page


def read_odt(data: bytes) -> Document:
    (page,) = parse(Blob.from_data(data, mime_type=ODT))
    return page


def _relations(targets: Mapping[str, str]) -> str:
    lines = (
        f'<Relationship Id="r{number}" Type="{_OFFICE}/{kind}" Target="{target}"/>'
        for number, (target, kind) in enumerate(targets.items())
    )
    return f'<Relationships xmlns="{_RELATIONS}">{"".join(lines)}</Relationships>'


def _styles() -> str:
    names = {"Titre": "Title", "Titre1": "heading 1", "Titre2": "heading 2", "TM1": "toc 1"}
    styles = (
        f'<w:style w:type="paragraph" w:styleId="{id}"><w:name w:val="{name}"/></w:style>' for id, name in names.items()
    )
    return f'<w:styles xmlns:w="{_WORD}">{"".join(styles)}</w:styles>'


def _footnotes(notes: Sequence[str]) -> str:
    lines = (f'<w:footnote w:id="{number}">{paragraph(text)}</w:footnote>' for number, text in enumerate(notes, 1))
    return f'<w:footnotes xmlns:w="{_WORD}">{"".join(lines)}</w:footnotes>'


_NUMBERING = (
    f'<w:numbering xmlns:w="{_WORD}">'
    + "".join(
        f'<w:abstractNum w:abstractNumId="{id}"><w:lvl w:ilvl="0"><w:numFmt w:val="{kind}"/></w:lvl></w:abstractNum>'
        for id, kind in ((1, "bullet"), (2, "decimal"))
    )
    + "".join(f'<w:num w:numId="{id}"><w:abstractNumId w:val="{id}"/></w:num>' for id in (1, 2))
    + "</w:numbering>"
)
