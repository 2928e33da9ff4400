"""
Errors of the assistant package. Each is a French sentence that says what to do.

AssistantError
├── ModelUnavailable   the language model cannot be reached, or answers with an error
│   └── SilentModel    it does not answer in time
├── PortInUse          another program listens on the port
├── BadSetting         an environment variable that cannot be understood
├── MissingPackage     what is asked for needs a package that is not installed
├── NothingKept        no answer nor opinion is kept under the code of a conversation
├── UnwritableFile     a file that was asked for cannot be written
├── UnreadableReport   a file that was given is no report of links
└── BadQuestion        an empty question, or one that is too long
"""


class AssistantError(Exception):
    """Base class: what can go wrong while answering."""


class ModelUnavailable(AssistantError):
    pass


class SilentModel(ModelUnavailable):
    pass


class PortInUse(AssistantError):
    pass


class BadSetting(AssistantError):
    pass


class MissingPackage(AssistantError):
    pass


class NothingKept(AssistantError):
    pass


class UnwritableFile(AssistantError):
    pass


class UnreadableReport(AssistantError):
    pass


class BadQuestion(AssistantError):
    pass
