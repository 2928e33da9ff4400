"""Reads documents: files into sources, and the knowledge base made to mirror them."""

from .errors import AmbiguousPlace, IngestError, MissingPlace, UnreadableFile, UnsupportedFormat
from .pipeline import Failure, Report, ingest

__all__ = [
    "AmbiguousPlace",
    "Failure",
    "IngestError",
    "MissingPlace",
    "Report",
    "UnreadableFile",
    "UnsupportedFormat",
    "ingest",
]
