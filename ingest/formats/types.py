"""Values: the MIME types of what can be read, and the suffixes of files that say them."""

from collections.abc import Mapping

MARKDOWN, TEXT, HTML, PDF, CSV = "text/markdown", "text/plain", "text/html", "application/pdf", "text/csv"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
ODT = "application/vnd.oasis.opendocument.text"

MIME_TYPES: Mapping[str, str] = {
    ".md": MARKDOWN,
    ".markdown": MARKDOWN,
    ".txt": TEXT,
    ".html": HTML,
    ".htm": HTML,
    ".xhtml": HTML,
    ".pdf": PDF,
    ".docx": DOCX,
    ".docm": DOCX,
    ".odt": ODT,
    ".csv": CSV,
}
