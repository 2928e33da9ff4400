"""Pure: French text into the terms by which it is searched."""

import re
import unicodedata
from functools import cache, lru_cache
from typing import Any

_ELISION = re.compile(r"\b(?:[cdjlmnst]|qu|jusqu|lorsqu|puisqu|quoiqu|quelqu|presqu)'(?=\w)")
# « L. 2121-29 », « L2121-29 », « R.2123-1 », « 5811-SG », « 2014-856 » and « 23 000 » each stay one exact term.
# « A » alone is a word more often than a letter: « il y a 1 200 partenariats ».
_REFERENCE = re.compile(r"\b(?:lo|[lrd]|a(?=\.|\d|\s\d+-))\.?\s?(?=\d{3,}(?:-\d+)*)")
_THOUSANDS = re.compile(r"(?<=\d)[  \u202f.](?=\d{3}(?!\d))")
_INCLUSIVE = re.compile(r"[·•](?:e|ne|le|te|se|trice|euse|rice|ière|ère)?(?:[·•])?s?\b")
# « co-construction », « co construction » and « coconstruction » are one word.
_PREFIX = re.compile(r"\b(co|re|pre|pré|inter|multi|anti|auto|sous|non)[-‑ ](?=[a-zà-ÿ]{4,})")
_TOKEN = re.compile(r"\d+(?:[-/.,]\d+)*(?:-[a-z]{1,3}\b)?|[a-zà-ÿœæ]+\d*(?:-\d+)*")

# Function words, and the words by which a question asks (they are in every question and in no answer).
_STOPWORDS = """
a ai aie aient ait alors apres au aucun aucune auquel aura aurait aussi autre autres aux avaient avait avant
avec avez avoir avons ayant c ca car ce ceci cela celle celles celui ces cet cette ceux chaque chez ci comme d
dans de dedans dehors depuis des desormais deux doit doivent donc dont du duquel durant elle elles en encore
entre es est et etaient etait etant ete etes etre eu eux faire fait faut font furent hors ici il ils j je l la
laquelle le lequel les lesquels leur leurs lors lui m ma mais me meme memes mes moi moins mon n ne ni nos
notre nous on ont ou par parce pas pendant peut peuvent plus pour pourquoi pourrait pouvez pouvoir puis
puisque qu quand que quel quelle quelles quels qui quoi s sa sans se selon sera serait ses si sien soi soient
soit sommes son sont sous suis sur t ta tandis tant te tel telle tels tes toi ton tous tout toute toutes tres
tu un une va vers voici voila vos votre vous y comment combien faudrait dois doivent puis-je peux veut veux
veulent savoir dire dis svp merci bonjour expliquer explique donne donnez donner dites quelqu aujourdhui
koi kel kels kelle kelles pk pkoi pq cest sest jsuis jai ya yatil keske kesako cb bjr stp svp mr mme
""".split()


def terms(text: str) -> list[str]:
    """
    The stemmed, unaccented terms of a French text, in order, function and question words left out.
    Example: "Quels sont les freins à l'économie solidaire ?" -> ["frein", "econom", "solidair"]
    """
    return [stem(word) for word in content_words(text)]


def content_words(text: str) -> list[str]:
    """The words that say what a text is about, as written but for case and elision."""
    return [word for word in words(text) if not _says_nothing(word)]


def words(text: str) -> list[str]:
    """Lower-case words with elisions undone; numbers, references and acronyms kept whole."""
    text = unicodedata.normalize("NFC", text).lower().replace("’", "'").replace("œ", "oe").replace("æ", "ae")
    text = re.sub(r"[\u00ad\u200b]", "", text)
    text = re.sub("[\u2010-\u2015]", "-", text)
    text = _INCLUSIVE.sub("", text)
    text = _ELISION.sub("", text).replace("aujourd'hui", "aujourdhui")
    text = _THOUSANDS.sub("", text)
    text = _REFERENCE.sub(lambda match: match.group().strip(" ."), text)
    text = _PREFIX.sub(r"\1", text)
    return _TOKEN.findall(text)


@lru_cache(maxsize=65536)
def _says_nothing(word: str) -> bool:
    return fold(word) in _stopwords()


@lru_cache(maxsize=65536)
def stem(word: str) -> str:
    """Snowball first, accents after: the stemmer needs them. A word with a digit is only unaccented."""
    if any(char.isdigit() for char in word):
        return fold(word)
    # Snowball keeps the s of « élus », « reçus », « tissus ».
    return fold(_stemmer().stemWord(word[:-1] if word.endswith("us") else word))


@lru_cache(maxsize=32768)
def fold(text: str) -> str:
    """Without accents."""
    if text.isascii():
        return text
    decomposed = unicodedata.normalize("NFD", text)
    return "".join(char for char in decomposed if not unicodedata.combining(char))


@cache
def _stopwords() -> frozenset[str]:
    return frozenset(_STOPWORDS)


@cache
def _stemmer() -> Any:
    import Stemmer

    return Stemmer.Stemmer("french")
