"""Answers questions with citations that bear every sentence out, with or without a language model."""

from .answering import Assistant
from .answers import Answer, Citation, Claim, Layout, Mode
from .errors import AssistantError, BadQuestion, ModelUnavailable, PortInUse

__all__ = [
    "Answer",
    "Assistant",
    "AssistantError",
    "BadQuestion",
    "Citation",
    "Claim",
    "Layout",
    "Mode",
    "ModelUnavailable",
    "PortInUse",
]
