"""Pure: a question as it may be asked, and what it may lean on."""

from collections.abc import Sequence

from .errors import BadQuestion

LONGEST_QUESTION = 2000
# Earlier questions that a new one may lean on.
_LEANT_ON = 20


def checked(question: str) -> str:
    """The question without blanks around it, nor halves of characters. Raises BadQuestion."""
    question = question.encode("utf-8", "replace").decode().strip()
    if not question:
        raise BadQuestion("La question est vide : écrivez-la, puis envoyez.")
    if len(question) > LONGEST_QUESTION:
        raise BadQuestion(
            f"La question fait {len(question)} caractères : réduisez-la à {LONGEST_QUESTION} au plus, "
            "en gardant ce que vous voulez savoir."
        )
    return question


def recent(history: Sequence[str]) -> Sequence[str]:
    """The last ones of a conversation that may be as long as it likes."""
    return history[-_LEANT_ON:]
