"""Pure: a question as it may be asked."""

from .errors import BadQuestion

LONGEST_QUESTION = 2000


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
