"""
Errors of the ingest package. Each is a French sentence that says what to do.

IngestError
├── MissingPlace        the folder or file to read is not there
├── UnsupportedFormat   no parser for this kind of file
├── UnreadableFile      the file cannot be opened or holds no text
├── MalformedList       a list of places or of links cannot be understood
├── AmbiguousPlace      another folder of the same name is already in the base
├── VanishedSources     so much of a place is gone that the place itself may be wrong
├── WorseAnswers        what would be published makes more answers wrong than the margin lets
├── Unchecked           the questions could not be asked
├── Busy                a run of the editors' room is under way, or over
├── NotIdentified       a provider does not say who it is, or it is nobody who may come in
├── MissingProvider     the identity provider cannot be reached, or does not answer as it should
├── Unchanged           its server says that it is as it was last read
└── Gone                its address says that it is no more
"""


class IngestError(Exception):
    """Base class: what can go wrong while reading documents."""


class MissingPlace(IngestError):
    pass


class UnsupportedFormat(IngestError):
    pass


class UnreadableFile(IngestError):
    pass


class MalformedList(IngestError):
    pass


class AmbiguousPlace(IngestError):
    pass


class VanishedSources(IngestError):
    pass


class WorseAnswers(IngestError):
    pass


class Unchecked(IngestError):
    pass


class Busy(IngestError):
    pass


class NotIdentified(IngestError):
    pass


class MissingProvider(IngestError):
    pass


class Unchanged(IngestError):
    pass


class Gone(IngestError):
    pass
