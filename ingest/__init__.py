"""Reads documents: files into sources, and the knowledge base made to mirror them."""

from .errors import AmbiguousPlace, IngestError, MissingPlace, UnreadableFile, UnsupportedFormat, VanishedSources
from .pipeline import ingest, plan
from .planning import Plan
from .reporting import Failure, Flaw, Likeness, Report

__all__ = [
    "AmbiguousPlace",
    "Failure",
    "Flaw",
    "IngestError",
    "Likeness",
    "MissingPlace",
    "Plan",
    "Report",
    "UnreadableFile",
    "UnsupportedFormat",
    "VanishedSources",
    "ingest",
    "plan",
]
