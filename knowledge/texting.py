"""Pure: a question typed on a phone, its usual short forms written out."""

import re

from .analysing import fold

# Only what has one reading, in a question put to a local council.
_SHORT = {
    short: whole
    for whole, shorts in {
        "quand": "kan kand qd qand",
        "que": "ke",
        "qui": "ki",
        "quoi": "koi",
        "parce que": "pcq pck",
        "dans": "ds",
        "avec": "av avk",
        "beaucoup": "bcp",
        "toujours": "tjs tjrs",
        "aujourd'hui": "ajd auj",
        "problème": "pb",
        "problèmes": "pbs",
        "rendez-vous": "rdv",
        "réunion": "reu",
        "association": "asso",
        "l'association": "lasso",
        "d'association": "dasso",
        "associations": "assos",
        "collectivité": "collec",
        "collectivités": "collecs",
        "subvention": "subv",
        "subventions": "subvs",
        "communauté de communes": "comcom",
        "agglomération": "agglo",
        "intercommunalité": "interco",
        "intercommunalités": "intercos",
        "département": "dept dpt",
    }.items()
    for short in shorts.split()
}
_WORD = re.compile(r"[^\W\d_]+")


def written_out(question: str) -> str:
    """
    The question with its short forms in full; what is in capitals is an acronym and stays.
    Example: "kan une asso est aidée" -> "quand une association est aidée"
    """
    if question.isupper():
        return question
    return _WORD.sub(lambda match: _whole(match.group()), question)


def _whole(word: str) -> str:
    return word if word.isupper() and len(word) > 1 else _SHORT.get(fold(word.lower()), word)
