"""Pure: what is answered to thanks, to a greeting and to a bare « oui » or « non », which ask for nothing."""

import re

from knowledge.analysing import fold

from .answers import Answer, Claim, Layout

_THANKS = "Je vous en prie. Posez une autre question quand vous voulez."
_HELLO = "Bonjour. Posez votre question sur la co-construction : je réponds par des phrases des sources, à vérifier."
_BYE = "Au revoir, et bonne suite dans vos travaux."
_NOTED = "C'est noté. Posez la question suivante en quelques mots, ou précisez celle d'avant."

_PLEASED = r"ok|super|parfait|tres bien|genial|top|cool|bravo|nickel"
_ADDRESSED = r"a (?:vous|toi|tous)|monsieur|madame"
_REPLIES = (
    (
        rf"(?:(?:{_PLEASED}|non|oui) )*(?:un grand |mille )?(?:merci|mercis|thanks|thank you|thx)"
        rf"(?: (?:beaucoup|bien|infiniment|encore|d'avance|{_ADDRESSED}|pour (?:tout|(?:ta|votre) (?:aide|reponse))))*",
        _THANKS,
    ),
    (
        rf"(?:re)?(?:bonjour|bonsoir|salut|coucou|hello|hi|slt|bjr|hey)(?: (?:{_ADDRESSED}))?"
        r"(?: (?:ca va|comment (?:ca va|allez-vous|vas-tu)))?",
        _HELLO,
    ),
    (r"au revoir|bonne (?:journee|soiree|continuation)|a (?:bientot|plus|demain)|bye|ciao", _BYE),
    (
        rf"{_PLEASED}|oui|non|d'accord|entendu|compris|c'est (?:note|compris|clair|bon)|je vois|ah (?:bon|ok|oui)",
        _NOTED,
    ),
)
_COMPILED = tuple((re.compile(form), said) for form, said in _REPLIES)


def courtesy(question: str) -> Answer | None:
    """The answer to a message that is nothing but polite, None to any other."""
    bare = " ".join(re.sub(r"[^\w' -]+", " ", fold(question.lower().replace("’", "'"))).split())
    said = next((said for form, said in _COMPILED if form.fullmatch(bare)), "")
    return Answer(question, (Claim(said, layout=Layout.PARAGRAPH),), is_courtesy=True) if said else None
