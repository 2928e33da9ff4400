"""
Finds passages of the sources that have been read: a library (the truth), an index derived from it,
and a hybrid retriever for French.
"""

from .base import KnowledgeBase
from .calibrating import Zone
from .database import Tables
from .errors import (
    BadAddress,
    CorruptLibrary,
    EmptyKnowledgeBase,
    KnowledgeError,
    LockedBase,
    MalformedDocument,
    ModelNotFound,
    NewerLibrary,
    UnknownRevision,
    UnknownSource,
    UnreachableServer,
    UnreadableIndex,
    UnwritableBase,
    WrongModel,
)
from .housing import Home, home_of
from .opening import open_retriever
from .scoping import Scope
from .settings import KnowledgeSettings
from .sources import Findings, Hit, Passage, Reference, Section, Source, Support

__all__ = [
    "BadAddress",
    "CorruptLibrary",
    "EmptyKnowledgeBase",
    "Findings",
    "Hit",
    "Home",
    "KnowledgeBase",
    "KnowledgeError",
    "KnowledgeSettings",
    "LockedBase",
    "MalformedDocument",
    "ModelNotFound",
    "NewerLibrary",
    "Passage",
    "Reference",
    "Scope",
    "Section",
    "Source",
    "Support",
    "Tables",
    "UnknownRevision",
    "UnknownSource",
    "UnreachableServer",
    "UnreadableIndex",
    "UnwritableBase",
    "WrongModel",
    "Zone",
    "home_of",
    "open_retriever",
]
