"""Answers questions with citations that bear every sentence out, with or without a language model."""

from .answering import Assistant
from .answers import Answer, Citation, Claim, Layout, Mode
from .errors import AssistantError, BadQuestion, BadSetting, ModelUnavailable, PortInUse

__all__ = [
    "Answer",
    "Assistant",
    "AssistantError",
    "BadQuestion",
    "BadSetting",
    "Citation",
    "Claim",
    "Layout",
    "Mode",
    "ModelUnavailable",
    "PortInUse",
]
