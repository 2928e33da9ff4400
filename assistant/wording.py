"""Pure: a French sentence into the words that it is proved by, each in one declared form whatever its writing."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache

from knowledge.analysing import fold
from knowledge.normalising import normalise

from .counting import in_digits
from .inflecting import same_word

_MONTHS = {name: number for number, name in enumerate(
    "janvier fevrier mars avril mai juin juillet aout septembre octobre novembre decembre".split(), 1
)}  # fmt: skip

# Words that only join others: nothing that is checked here depends on them but where `Word.lead` is looked at.
_JOINING = frozenset(
    "a à au aux ce ceci cela celle celles celui ces cet cette ceux c d de des du elle elles en et etre eux il ils j je l la "
    "le les leur leurs lui m ma me mes moi mon notre nos nous on qu que qui quoi s sa se ses son sur t ta te tes toi ton tu "
    "un une va vos votre vous y ainsi aussi alors puis donc or comme dont c est sont ete dans meme memes tres bien encore "
    "deja lors egalement vraiment reellement effectivement ont ai as avons avez ci la où voici voila être".split()
)
# Words that turn a sentence round: each said where it is shown, and never left out.
_TURNING = frozenset(
    "ne n pas jamais rien aucun aucune aucuns aucunes guere ni sans non nul nulle impossible interdit interdite interdits "
    "interdites illegal illegale illegaux faux fausse inexact inexacte contraire contrairement sauf excepte hormis hors "
    "uniquement seulement exclusivement seul seule seuls seules surtout condition conditions reserve reserves reservee avec "
    "contre pour par ou avant apres depuis jusqu jusque moins plus presque pres tout certains certaines quelques plusieurs "
    "parfois rarement souvent possible possibles possibilite facultatif facultative facultatifs facultatives "
    "facultativement faculte autorise autorisee autorises autorisees permis permet permettent eventuel eventuelle "
    "eventuellement obligatoire obligatoires obligation obligations oblige obligent obligee impose imposent exige exigent "
    "verifier verifie verifiee si probable probablement suppose supposee personne aupres entre chez sous vers parmi malgre "
    "plutot au-dela au-dessus au-dessous dessous principe tort etait etaient avait avaient fut furent sera seront aura "
    "auront soit soient etant ayant idee erreur".split()
)
# Verbs of saying, wishing, fearing and undoing: what depends on them is not said without them.
_DISTANT = re.compile(
    r"(?:affirm|declar|estim|pens|croi|jug|consider|propos|demand|souhait|esper|prevoi|annonc|prome[st]|promis|envisag|"
    r"suppos|recommand|imagin|craign|craint|risqu|evit|empech|refus|rejet|annul|abrog|supprim|contest|dement|pretend|"
    r"menac|mythe|erron|fictif|hypothe|voudr|accus|dout|tent|essa[iy]|faudrait|pourrai|devrai)"
)
_CONDITIONAL = re.compile(r"\w{2,}(?:rait|raient|rais|rions|riez)$")
_MODAL = {"can": "peut peuvent peux pouvez pouvons pouvoir pourra pourront", "must": "doit doivent dois devez devons devoir "
          "devra devront faut faudra", "all": "tous toutes toute chaque", "when": "quand lorsque", "because": "car",
          "about": "environ", "but": "mais cependant toutefois néanmoins pourtant", "such": "notamment",
          "to": "afin", "according": "selon", "through": "via"}  # fmt: skip
_CLASSES = {fold(word): f"={name}" for name, words in _MODAL.items() for word in words.split()}
# Classes whose word may go with the aside that it opens.
_LOOSE = {"=because", "=to", "=through"}

# Several words that are one, in the order in which they are looked for. In the place of "": they say nothing checked.
_PHRASES = tuple((re.compile(rf"(?i)(?<![\w'])(?:{pattern})(?!(?<=\w)\w)"), by) for pattern, by in (
    (r"au (?:moins|minimum)|a minima", "=min"),
    (r"au (?:plus(?! (?:tard|tôt|près|haut|vite|proche|juste))|maximum)", "=max"),
    (r"(?:chaque année|tous les ans|par an|par année|annuellement)", "=yearly"),
    (r"(?:chaque mois|tous les mois|par mois|mensuellement)", "=monthly"),
    (r"plus d(?:e|')(?= ?\d)|supérieure?s? à(?= \d)", "=more"),
    (r"moins d(?:e|')(?= ?\d)|inférieure?s? à(?= \d)", "=less"),
    (r"à peu près|(?:autour|de l'ordre|près) de(?= \d)", "=about"),
    (r"il y a(?= \d+ (?:ans|mois|jours|semaines))", "=ago"),
    (r"il est possible d(?:e|')|(?<!n')(?:a|ont|avez|avons) la (?:possibilité|faculté) d(?:e|')|(?<!n')est en mesure d(?:e|')|"
     r"(?<!ne )sont en mesure d(?:e|')", "=can "),
    (r"(?<!n')est tenue?s? d(?:e|')|(?<!ne )sont tenue?s? d(?:e|')|(?<!n')(?:a|ont) l'obligation d(?:e|')", "=must "),
    (r"l'ensemble d(?:es|e|u)|(?:tous|toutes) les|la totalité d(?:es|e|u)", "=all"),
    (r"parce qu(?:e |')|puisqu(?:e |')|en raison d(?:es|e la|e l'|e|u|')|étant donné qu(?:e |')", "=because "),
    (r"(?:afin|dans le but|en vue|dans l'objectif) d(?:e|')|pour (?=(?:l[ea]s? |l'|y |en |se |s')?\w+(?:er|ir|oir|dre|tre|ire)\b)",
     "=to "),
    (r"grâce (?:aux?|à)|au moyen d(?:es|e|u|')|par le biais d(?:es|e|u|')|à l'aide d(?:es|e|u|')|"
     r"par l'intermédiaire d(?:es|e|u|')", "=through "),
    (r"en revanche", "=but"), (r"lorsqu'|dès lors qu(?:e|')", "=when "), (r"d'après", "=according"),
    (r"par exemple|entre autres|en particulier", "=such"), (r"s'(?=ils?\b)", "si "),
    (r"ainsi que|de même que|tandis qu(?:e |')", "et "), (r"datée?s? du|en date du", "du"),
    (r"(?:fait|font) partie d(?:es|e|u)|figurent? parmi", "parmi"),
    (r"tout d'abord|de plus|en outre|par ailleurs|en effet|à la fois|d'une part|d'autre part|c'est-à-dire|à savoir|en bref|"
     r"en résumé|enfin|concrètement", ""),
    (r"il s'agit d(?:e|')|ce sont|(?<!n')consiste(?:nt)? (?:à|en)|constitue(?:nt)?|correspond(?:ent)? à|désigne(?:nt)?|se définit comme|"
     r"il existe|il y a|on (?:compte|trouve|dénombre|distingue)", " est "),
))  # fmt: skip
# What a model says of its sources before it says what they say.
_ATTRIBUTION = re.compile(
    r"(?i)^\W*(?:(?:selon|d'après) (?:les?|la|ces?|cette) (?:passages?|sources?|documents?|référentiel|fiches?|textes?)"
    r"(?: citée?s?| fournie?s?| \d+)?,? |(?:les?|la) (?:passages?|sources?|documents?|référentiel|fiches?|textes?)(?: \d+)? "
    r"(?:indiqu|précis|rappel|soulign|expliqu|mentionn)\w+ qu(?:e |'))"
)
_INVERTED = re.compile(r"-(?:t-)?(?:il|elle|on|ils|elles|nous|vous|je|tu|ci|là|ce)$")
_PREFIX = re.compile(r"\b(co|re|pre|pré|inter|multi|auto)-(?=[a-zà-ÿ]{4,})")
_ELIDED = re.compile(r"\b([cdjlmnst]|qu|jusqu|puisqu|quoiqu)'(?=[\w=])", re.IGNORECASE)
_TOKEN = re.compile(r"=[a-z]+|[%€‰]|[,;:()]|(?<= )-(?= )|\w+(?:[.,/-]\w+)*")


@dataclass(frozen=True, slots=True)
class Word:
    """
    A word in its declared form. `turns`: it cannot be left out; `exact`: a number or a name. `before`: the stops
    between it and the word before it; `lead`: the joining words there; `voice`: what the verb before it makes of it.
    """

    form: str
    turns: bool = False
    exact: bool = False
    before: str = ""
    lead: tuple[str, ...] = ()
    voice: str = ""

    @property
    def opening(self) -> str:
        """The first word since the last stop."""
        return self.lead[0] if self.lead else self.form


# Joining words that change who does what to whom.
_CONTRARY = (
    (frozenset(("à", "au", "aux")), frozenset(("de", "d", "du", "des"))),
    (frozenset(("qui",)), frozenset(("que", "qu"))),
)


def same(one: Word, other: Word) -> bool:
    """Whether both say the same thing in the same place: neither « à » for « de », nor « qui » for « que »."""
    alike = one.form == other.form or (not (one.exact and other.exact) and same_word(one.form, other.form))
    return alike and one.voice == other.voice and not _conflict(one.lead, other.lead)


def _conflict(one: tuple[str, ...], other: tuple[str, ...]) -> bool:
    if not one or not other:
        return False
    for pair in _CONTRARY:
        sides = [{side for side in pair if side & set(lead)} for lead in (one, other)]
        if sides[0] and sides[1] and not sides[0] & sides[1]:
            return True
    return False


def words(text: str, acronyms: Mapping[str, str] | None = None) -> tuple[Word, ...]:
    """The words of a sentence; a known acronym and its long form are one word."""
    found = _words(text)
    for short, long in (acronyms or {}).items():
        found = _shortened(found, short, _words(long))
    return found


def unattributed(sentence: str) -> str:
    """The sentence without « Selon les sources, » or « Le référentiel précise que » before it."""
    return _ATTRIBUTION.sub("", normalise(sentence).text)


@lru_cache(maxsize=16384)
def _words(text: str) -> tuple[Word, ...]:
    return tuple(_read(_rewritten(text)))


def _rewritten(text: str) -> str:
    """One writing for dates, numbers, references and the phrases above."""
    text = normalise(text).text.replace("=", " ").replace("≈", " ")
    if text.isupper() and text.count(" ") > 2:
        text = text.lower()
    text = re.sub(r"\b(\d{1,2})/(\d{1,2})/(\d{4})\b", lambda m: f"{int(m[1])} mois{int(m[2])} {m[3]}", text)
    text = re.sub(r"\b(\d{4})-(0\d|1[0-2])-([0-3]\d)\b", lambda m: f"{int(m[3])} mois{int(m[2])} {m[1]}", text)
    text = re.sub(r"(?i)\bart(?:icle|\.) ?(?=[LRDA]?\.? ?\d)", "article ", text)
    text = re.sub(r"\b([LRDA])\.? ?(?=\d{3,}(?:-\d+)*)", r"\1", text)
    text = _PREFIX.sub(r"\1", in_digits(text))
    for pattern, by in _PHRASES:
        text = pattern.sub(by, text)
    return _ELIDED.sub(lambda m: f"{m[1]} ", text)


def _read(text: str) -> Iterator[Word]:
    before, aid, has_been = "", "", False
    lead: tuple[str, ...] = ()
    first = True
    for token in _TOKEN.findall(text):
        if token in ",;:()-":
            before, lead, aid = before + token, (), ""
            continue
        token = _INVERTED.sub("", token)
        lower, bare = token.lower(), fold(token.lower())
        if _is_joining(lower, bare) and not (first and lower == "des"):
            before += "&" if bare == "et" else ""
            lead += (lower,)
            # « en été » is a season.
            has_been = has_been or (lower == "été" and aid == "avoir")
            aid = _AID.get(lower, aid)
            first = False
            continue
        word = replace(_form(token, bare, first), before=before, lead=lead)
        yield replace(word, voice=voice(word, aid, has_been))
        # « n'a pas vraiment consulté »: the verb is still to come.
        if not (word.turns or lower.endswith("ment")):
            aid, has_been = "", False
        before, lead, first = "", (), False
    if has_been:
        yield Word("=been", turns=True, before=before, lead=lead)


def _is_joining(lower: str, bare: str) -> bool:
    # « où » joins, « ou » does not; « là » and « la », « à » and « a » all do.
    return lower == "où" or (bare in _JOINING and lower != "ou")


_AID = dict.fromkeys("a ont ai as avons avez".split(), "avoir") | dict.fromkeys("est sont été être".split(), "être") | {"se": "se", "s": "se"}  # fmt: skip


def voice(word: Word, aid: str, has_been: bool = False) -> str:
    """« a consulté », « a été aidé » and « se forment » are not « consulte », « est aidé » and « forment »."""
    if has_been:
        return f"été {voice(word, aid)}"
    if word.exact or not aid or (word.turns and aid != "se"):
        return ""
    # Other participles show by their own form that something is done to their subject.
    if aid == "être":
        return aid if re.search(r"(?:it|is|ert)(?:e?s?)$", word.form) else ""
    return aid if aid == "se" or re.search(r"(?:é|i|u|s|t)e?s?$", word.form) else ""


def _form(token: str, bare: str, first: bool) -> Word:
    if first and bare == "des":
        return Word("=some", turns=True)
    if token[0] == "=":
        return Word(token, turns=token not in _LOOSE, exact=token in ("=yearly", "=monthly"))
    if bare in ("euro", "euros"):
        return Word("€", exact=True)
    if bare in _MONTHS:
        return Word(f"mois{_MONTHS[bare]}", exact=True)
    if bare in _CLASSES:
        return Word(_CLASSES[bare], turns=_CLASSES[bare] not in _LOOSE)
    if any(char.isdigit() for char in bare) or bare in "%€‰":
        return Word(bare, exact=True)
    acronym = 1 < len(token) <= 8 and token.isupper()
    form = token if acronym else fold(token[0].lower()) + token[1:].lower()
    turns = bare in _TURNING or bool(_CONDITIONAL.match(bare) or _DISTANT.match(bare))
    return Word(form, turns=turns, exact=acronym or (token[0].isupper() and not first))


_BEING = frozenset("est sont été".split())


def _shortened(text: tuple[Word, ...], short: str, long: tuple[Word, ...]) -> tuple[Word, ...]:
    """The text with the acronym in place of its long form, and once where both follow each other."""
    out: list[Word] = []
    at = 0
    while at < len(text):
        word = text[at]
        size = 1
        if len(long) > 1 and len(text) - at >= len(long) and all(map(same_word, *_forms(text[at:], long))):
            size = len(long)
        if size > 1 or fold(word.form.lower()) == short:
            word = replace(word, form=f"={short}", exact=True, turns=False)
        if not (out and word.form == f"={short}" == out[-1].form) or _BEING & set(word.lead):
            out.append(word)
        at += size
    return tuple(out)


def _forms(text: tuple[Word, ...], long: tuple[Word, ...]) -> tuple[list[str], list[str]]:
    return [word.form for word in text[: len(long)]], [word.form for word in long]
