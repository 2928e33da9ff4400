"""Pure: the numbers of a French text, written in digits."""

import re
from collections.abc import Iterator

_VALUES = {name: value for value, name in enumerate(
    "zéro un deux trois quatre cinq six sept huit neuf dix onze douze treize quatorze quinze seize".split()
)} | {"une": 1, "vingt": 20, "vingts": 20, "trente": 30, "quarante": 40, "cinquante": 50, "soixante": 60, "cent": 100,
      "cents": 100, "mille": 1000}  # fmt: skip
_ORDINALS = {name: value for value, name in enumerate(
    "deuxième troisième quatrième cinquième sixième septième huitième neuvième dixième".split(), 2
)}  # fmt: skip
_WORD = "|".join(sorted(_VALUES, key=len, reverse=True))
_SPELLED = re.compile(rf"(?i)(?<![\w-])(?:{_WORD})(?:(?:-et-| et (?=une?\b|onze\b)|-| )(?:{_WORD}))*(?![\w-])")
_SCALES = {"millier": 10**3, "million": 10**6, "milliard": 10**9, "M": 10**6, "Md": 10**9, "k": 10**3}
_SCALED = re.compile(
    r"(?<![\w,-])(\d+)(?:,(\d{1,3}))? ?(?:(millier|million|milliard)s?\b|(M|Md|k)(?=€))(?: d(?:e |'))?"
)


def in_digits(text: str) -> str:
    """
    Whole numbers, ordinals and millions in digits; « pour cent » as %; « un » alone may be an article and stays.
    Example: « un million et demi », « quatre-vingt-sept pour cent », « 1,5 M€ » -> « 1000000 et demi », « 87 % »,
    « 1500000 € »
    """
    text = re.sub(r"(?i) ?\bpour ?cents?\b", " %", text)
    text = re.sub(r"(?i)\bune? (?=(?:million|milliard)\b)", "1 ", text)
    text = _SPELLED.sub(lambda match: _spelled(match.group()), text)
    text = re.sub(r"(?<![\w.,])(\d{1,3})((?:\.\d{3})+)(?![\w.,]\d)", lambda m: m[1] + m[2].replace(".", ""), text)
    text = re.sub(r"(?<![\w.,-])(\d+)\.(\d{1,2})(?![\w.]*\d)", r"\1,\2", text)
    text = _SCALED.sub(_whole, text)
    text = re.sub(r"(?i)\b(?:premi(?:er|ère)s?|1(?:er|ère|re)s?)\b(?! (?:janv|févr|mars|avr|mai|juin|juil|août|sept|oct|nov|déc))",
                  "1er", text)  # fmt: skip
    text = re.sub(r"(?i)\b1er (?=(?:janv|févr|mars|avr|mai|juin|juil|août|sept|oct|nov|déc))", "1 ", text)
    text = re.sub(r"(?i)\bseconde?s?\b", "2e", text)
    for name, value in _ORDINALS.items():
        text = re.sub(rf"(?i)\b{name}s?\b", f"{value}e", text)
    return re.sub(r"\b(\d+)(?:ème|ième)s?\b", r"\1e", text)


def _whole(match: re.Match[str]) -> str:
    scale = _SCALES[match[3] or match[4]]
    decimals = match[2] or ""
    return f"{int(match[1]) * scale + (int(decimals) * scale // 10 ** len(decimals) if decimals else 0)} "


def _spelled(text: str) -> str:
    names = re.findall(rf"(?i){_WORD}", text)
    if len(names) == 1 and names[0].lower() in ("un", "une"):
        return text
    return " ".join(str(value) for value in _values([_VALUES[name.lower()] for name in names]))


def _values(parts: list[int]) -> Iterator[int]:
    """The numbers that the parts make: 4, 20, 7 is 87, but 2, 3 is two numbers."""
    total, current, last = 0, 0, 0
    for value in parts:
        if value == 1000 and total == 0:
            total, current = max(current, 1) * 1000, 0
        elif value == 100 and current < 10:
            current = max(current, 1) * 100
        elif value == 20 and last == 4:
            current += 76
        elif current == 0 or _fits(value, last):
            current += value
        else:
            yield total + current
            total, current = 0, value
        last = 80 if (value == 20 and last == 4) else value
    yield total + current


def _fits(value: int, last: int) -> bool:
    return (last in (100, 1000)) or (20 <= last < 100 and value < 20) or (last == 10 and 7 <= value <= 9)
