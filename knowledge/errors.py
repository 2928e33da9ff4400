"""
Errors of the knowledge package. Each is a French sentence that says what to do.

KnowledgeError
├── EmptyKnowledgeBase   nothing to search yet
├── WrongModel           the base was made with another embedding model
├── ModelNotFound        the embedding model cannot be loaded
├── CorruptLibrary       the library (SQLite, or PostgreSQL) cannot be read
├── UnreadableIndex      the Chroma index cannot be read (it can be made again from the library)
├── NewerLibrary         the library was written by a later version of this program
├── UnwritableBase       no right to write into the base, or no space left
├── UnknownRevision      the state of this revision is not kept
├── LockedBase           another process is writing to the base
├── MalformedDocument    a Markdown document whose front matter cannot be read
├── MalformedSet         an evaluation set whose files cannot be read, or do not belong together
├── MissingLibrary       a package that only the measures, or PostgreSQL, need is not installed
├── UnreachableServer    PostgreSQL or the Chroma server does not answer
├── BadAddress           the address of a server that leads nowhere, or to one that refuses us
├── UnreadableBackup     a backup that is damaged, or none at all
└── UnknownSource        no source has this identifier
"""


class KnowledgeError(Exception):
    """Base class: what can go wrong with the knowledge base."""


class EmptyKnowledgeBase(KnowledgeError):
    pass


class WrongModel(KnowledgeError):
    pass


class ModelNotFound(KnowledgeError):
    pass


class CorruptLibrary(KnowledgeError):
    pass


class UnreadableIndex(KnowledgeError):
    pass


class NewerLibrary(KnowledgeError):
    pass


class UnwritableBase(KnowledgeError):
    pass


class UnknownRevision(KnowledgeError):
    pass


class LockedBase(KnowledgeError):
    pass


class MalformedDocument(KnowledgeError):
    pass


class MalformedSet(KnowledgeError):
    pass


class MissingLibrary(KnowledgeError):
    pass


class UnreachableServer(KnowledgeError):
    pass


class BadAddress(KnowledgeError):
    pass


class UnreadableBackup(KnowledgeError):
    pass


class UnknownSource(KnowledgeError):
    pass
