"""Pure: whether « quand » asks in which case, at which point of a procedure, rather than on which day."""

import re

# What must, may or is done in general, in the present: « quand faut-il », « quand est-ce obligatoire », « quand on… ».
_GENERAL = re.compile(
    r"\b(?:faut|doi[ts]|doivent|devons|devez|peu[tx]|peuvent|puis|pouvons|pouvez|convient|vaut mieux)\b|"
    r"\bdevien(?:t|nent)\b|\b(?:obligatoire|possible|necessaire|utile|interdit|permis|applicable|pertinent|preferable|recommande)e?s?\b|"
    r"\b(?:quand|moment) (?:est-ce qu(?:e |'))?(?:on|une?|nous|je)\b|"
    r"\b(?:quand|moment) (?!votre|notre|autre|entre|leur)\w+(?:er|ir|re)\b"
)
# What has a day: a past, a future, what takes place or has lasted.
_DATED = re.compile(
    r"\bdepuis\b|\b(?:avait|avaient|etait|etaient|fut|furent|aura|auront|sera|seront)\b|\w{2}r(?:a|ont)-(?:t-)?[eio]|"
    r"\b(?:a|ont|ai|avons)-(?:t-)?(?:je|on|nous|ils?|elles?)\b|"
    r"\b(?:a|ont) ete\b|\b(?:on|nous|qui) (?:a|avons) \w+[eitu]\b|"
    r"\b(?:a|ont|avoir) lieu\b|\bse (?:tenir|tien\w+|deroul\w+)\b|\bentr(?:e|er|ent|e-t-elle) en vigueur\b"
)
_SUBORDINATE = re.compile(r"^(?:et |mais |alors )?quand (?!.*-(?:t-)?(?:ils?|elles?|on|nous)\b.*,)[^,?]+,\s*(?=\S)")


def is_of_a_case(bare: str) -> bool:
    """
    To be asked of a question of time, in lower case and without accents.
    Example: « quand faut-il signer une convention ? », not « quand la charte a-t-elle ete signee ? ».
    """
    return bool(_GENERAL.search(bare)) and not _DATED.search(bare)


def main_clause(bare: str) -> str:
    """What is asked but for the time it opens with. Example: « quand il bloque, que faire ? » -> « que faire ? »."""
    return _SUBORDINATE.sub("", bare)
