"""Pure: the code of a conversation, short enough to be copied by hand, and long enough not to be guessed."""

import hashlib
import re

# Without I, L, O and U: Crockford's letters, which are not mistaken for each other.
_LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
# Twelve letters of 5 bits: one in 10^18.
_LONG, _GROUP = 12, 4
NOTHING_KEPT = (
    "Rien n'est gardé sous ce code : vérifiez-le (trois groupes de quatre lettres ou chiffres). "
    "Tout a peut-être déjà été effacé."
)


def code_of(secret: str) -> str:
    """
    The code that stands for a secret, which it does not give away.
    Example: "…" -> "7Q2M-K9XD-4PFA"
    """
    number = int.from_bytes(hashlib.sha256(f"conversation {secret}".encode()).digest(), "big")
    letters = "".join(_LETTERS[(number >> 5 * at) % 32] for at in range(_LONG))
    return "-".join(letters[at : at + _GROUP] for at in range(0, _LONG, _GROUP))


def read_code(typed: str) -> str:
    """
    The code that somebody typed, "" when it is none.
    Example: "7q2m k9xd 4pfa" -> "7Q2M-K9XD-4PFA"
    """
    letters = re.sub(r"[\s‐-―-]", "", typed).upper().translate(str.maketrans("OIL", "011"))
    if len(letters) != _LONG or set(letters) - set(_LETTERS):
        return ""
    return "-".join(letters[at : at + _GROUP] for at in range(0, _LONG, _GROUP))
