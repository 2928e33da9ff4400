"""Pure: what names a person without a doubt, taken out of what is written down."""

import re

_MAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_TELEPHONE = re.compile(r"(?<!\d)(?:\+33|0033|0)(?:[ .-]?\(0\))?[ .-]?[1-9](?:[ .-]?\d{2}){4}(?!\d)")
_TITLE = (
    r"\b(?:(?i:mme|mmes|mlle|mr|monsieur|madame|mademoiselle|messieurs|mesdames)\.?|MM?\.|"
    r"M(?= [A-ZÀ-Þ])|Me(?= [A-ZÀ-Þ]))"
)
_PARTICLE = r"(?:(?:de la|de|du|des|le|la|van|von|el|ben)[ \u00a0]+|d['’])"
_CAPITALISED = r"[A-ZÀ-Þ][\w'’.-]*"
# An office is no name: « Madame la maire », « M. le préfet », « Monsieur Le Maire ».
_OFFICE = (
    r"(?!(?i:le|la|les|l['’]|et|ou|en|de|du|des|d['’]|qui|que|est|a|à|maire|adjointe?|président\w*|préf\w+|ministre|"
    r"député\w*|sénat\w+|direct\w+|conseill\w+)\b)"
)
_NAME = re.compile(
    rf"({_TITLE}[ \u00a0]+)(?:{_PARTICLE}(?=[A-ZÀ-Þ]))?{_OFFICE}[^\W\d_][\w'’.-]*"
    rf"(?:[ \u00a0]+{_PARTICLE}?{_CAPITALISED})*"
)


def masked(text: str) -> str:
    """
    Without e-mail addresses, telephone numbers, nor the names that follow M. or Mme; other names are not recognised.
    Example: "Mme Jeanne Dupont, 06 12 34 56 78" -> "Mme [nom], [téléphone]"
    """
    text = _TELEPHONE.sub("[téléphone]", _MAIL.sub("[courriel]", text))
    return _NAME.sub(r"\1[nom]", text)
