"""True sentences changed in one thing, which makes them false; and the same in another dress, which does not."""

import random
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Pair:
    """A true sentence and the paragraph that it comes from."""

    sentence: str
    quote: str


Change = Callable[[str, random.Random], str]

_NAMES = (
    "RTES", "RAMEAU", "Nantes", "Grenoble", "Montreuil", "Avise", "CRESS", "SCIC", "Laurent Fraisse", "Rennes", "Bordeaux",
    "Kingersheim", "AMF", "Mouvement associatif", "PTCE", "SPASER", "Loos-en-Gohelle", "Lyon", "CPO", "AMI", "Bologne",
)  # fmt: skip
_MONTHS = "janvier février mars avril mai juin juillet août septembre octobre novembre décembre".split()
_MONTH = rf"\b(?:{'|'.join(_MONTHS)})\b"
_NOUN = r"(?<![\w'-])((?:le|la|les|un|une|des|l')(?:(?<=')| )(?!plus|moins|mêmes?|autres?|premi|second)[a-zà-ÿ]{4,})\b"
_OPPOSITES = (
    "augmente/diminue|augmentent/diminuent|hausse/baisse|public/privé|publique/privée|publics/privés|interdit/autorisé|"
    "interdite/autorisée|accepté/refusé|ouvert/fermé|ouverte/fermée|début/fin|premier/dernier|première/dernière|"
    "avantage/inconvénient|atout/frein|forces/faiblesses|gagne/perd|facile/difficile|court/long|petite/grande|"
    "petit/grand|nouveau/ancien|nouveaux/anciens|nouvelle/ancienne|locale/nationale|local/national|locales/nationales|"
    "nationale/locale|régional/national|individuel/collectif|collective/individuelle|collectif/individuel|"
    "commune/région|communes/régions|association/entreprise|associations/entreprises|élus/agents|élu/agent|"
    "habitants/entreprises|subvention/marché|convention/charte|charte/convention|loi/circulaire|projets/critères|"
    "commence/finit|signer/dénoncer|confirmé/infirmé|créer/supprimer|crée/supprime|créé/supprimé|adopté/rejeté|"
    "suffit/manque|haut/bas|fort/faible|forte/faible|même/autre|formel/informel|volontaire/imposé|égal/inégal|"
    "utile/inutile|possible/impossible|clair/obscur|visible/caché|simple/complexe|simples/complexes|partage/garde|"
    "confiance/méfiance|gratuit/payant|permet/empêche|permettent/empêchent|soutient/combat|aide/gêne|oui/non"
).split("|")
_SAME_ROOT = (
    "maire/mairie maires/mairies conseil/conseiller conseils/conseillers association/associé associations/associés "
    "élus/élections employeurs/employés participation/participants acteurs/actions région/régie commune/communauté "
    "communes/communautés collectivité/collectif collectivités/collectifs financement/financeur coopérative/coopération "
    "organisation/organisateur subvention/subventionneur habitants/habitats direction/directeur confiance/confidence "
    "territoire/terrain partenariat/partenaires partenaires/partenariats recherche/chercheurs convention/convenance "
    "politique/politicien politiques/politiciens critères/critiques service/serviteur services/serviteurs projet/projection"
).split()


def _swap(pattern: str, by: str | Callable[[re.Match[str]], str]) -> Change:
    return lambda sentence, _: re.sub(pattern, by, sentence, count=1)


def _either(pairs: list[str]) -> Change:
    """One word of one of the pairs by the other."""

    def change(sentence: str, rng: random.Random) -> str:
        found = [
            (match, other)
            for one, other in (pair.split("/") for pair in pairs)
            for match in re.finditer(rf"(?<![\w-]){one}(?![\w-])", sentence)
        ]
        if not found:
            return sentence
        match, other = rng.choice(found)
        return sentence[: match.start()] + other + sentence[match.end() :]

    return change


def _both_ways(one: str, other: str) -> Change:
    return _either([f"{one}/{other}", f"{other}/{one}"])


def _digit(sentence: str, rng: random.Random) -> str:
    places = [match.start() for match in re.finditer(r"\d", sentence)]
    if not places:
        return sentence
    at = rng.choice(places)
    return sentence[:at] + str((int(sentence[at]) + rng.randint(1, 9)) % 10) + sentence[at + 1 :]


def _year(sentence: str, rng: random.Random) -> str:
    return re.sub(
        r"\b(?:19|20)\d\d\b", lambda m: str(int(m[0]) + rng.choice((-10, -2, -1, 1, 2, 10))), sentence, count=1
    )


def _day(sentence: str, rng: random.Random) -> str:
    return re.sub(
        rf"\b\d{{1,2}}(?= {_MONTH})", lambda m: str((int(m[0]) + rng.randint(1, 20)) % 28 + 1), sentence, count=1
    )


def _month(sentence: str, rng: random.Random) -> str:
    return re.sub(_MONTH, lambda m: rng.choice([month for month in _MONTHS if month != m[0]]), sentence, count=1)


def _name(sentence: str, rng: random.Random) -> str:
    present = [name for name in _NAMES if re.search(rf"\b{name}\b", sentence)]
    if not present:
        return sentence
    other = rng.choice([name for name in _NAMES if name not in sentence])
    return re.sub(rf"\b{rng.choice(present)}\b", other, sentence, count=1)


def _exchange(pattern: str) -> Change:
    """Two things of the sentence in each other's place."""

    def change(sentence: str, rng: random.Random) -> str:
        found = list(re.finditer(pattern, sentence))
        pairs = [
            (one, two)
            for at, one in enumerate(found)
            for two in found[at + 1 :]
            if _core(one[1]) not in _core(two[1]) and _core(two[1]) not in _core(one[1])
        ]
        if not pairs:
            return sentence
        one, two = rng.choice(pairs)
        middle = sentence[one.end(1) : two.start(1)]
        return sentence[: one.start(1)] + two[1] + middle + one[1] + sentence[two.end(1) :]

    return change


def _core(text: str) -> str:
    """Without article nor plural: putting « des élus » in the place of « les élus » exchanges nothing."""
    return text.lower().split("'")[-1].split(" ")[-1].rstrip("sx") or text


def _inserted(words: tuple[str, ...]) -> Change:
    """One of the words after a verb."""

    def change(sentence: str, rng: random.Random) -> str:
        found = list(
            re.finditer(r"\b(?:est|sont|peut|peuvent|doit|doivent|reste|permet|suppose|demande)\b(?! pas)", sentence)
        )
        if not found:
            return sentence
        at = rng.choice(found).end()
        return f"{sentence[:at]} {rng.choice(words)}{sentence[at:]}"

    return change


def _tense(sentence: str, rng: random.Random) -> str:
    table = {"est": ("était", "sera", "serait"), "sont": ("étaient", "seront", "seraient"), "a": ("aura", "avait", "aurait"),
             "ont": ("auront", "avaient", "auraient"), "peut": ("pouvait", "pourrait"), "doit": ("devait", "devrait")}  # fmt: skip
    found = list(re.finditer(r"(?<![\w'])(?:est|sont|a|ont|peut|doit)(?![\w'-])", sentence))
    if not found:
        return sentence
    match = rng.choice(found)
    return sentence[: match.start()] + rng.choice(table[match[0]]) + sentence[match.end() :]


def _denied(sentence: str, rng: random.Random) -> str:
    return re.sub(r"(?<![\w'])(est|sont|a|ont|peut|peuvent|doit|doivent|reste|sert|suit|fixe|vient|porte|donne)(?![\w'-])",
                  lambda m: f"{'n' + chr(39) if m[1][0] in 'aeo' else 'ne '}{m[1]} {rng.choice(('pas', 'plus', 'jamais'))}",
                  sentence, count=1)  # fmt: skip


def _changed_voice(sentence: str, _: random.Random) -> str:
    """« A a aidé B » by « A a été aidé par B », or the other way round."""
    known = re.sub(r"\b(a|ont) été ([a-zà-ÿ]+?)e?s? par (?=[a-zà-ÿ])", r"\1 \2 ", sentence, count=1)
    done = r"(?<![\w'])(a|ont) ([a-zà-ÿ]+(?:é|i|u|is|it)) (?=(?:les?|la|une?|des) |l'|[A-Z])"
    return known if known != sentence else re.sub(done, r"\1 été \2 par ", sentence, count=1)


CHANGES: dict[str, Change] = {
    "chiffre changé": _digit,
    "chiffre ajouté (23 000 → 230 000)": _swap(r"(?<![\w-])(\d+)(?= (?:\d|€|%|hab|ans|maires|person|assoc|commun))", r"\g<1>0"),
    "année décalée": _year,
    "jour décalé": _day,
    "mois changé": _month,
    "% → €": _swap(r"\s(?:%|pour cent)", " €"),
    "€ → %": _swap(r"\s(?:€|d'euros|euros)", " %"),
    "millions ↔ milliers": _either(["million/millier", "millions/milliers", "milliards/millions", "milliers/millions"]),
    "ans ↔ mois": _either(["ans/mois", "an/mois", "mois/ans", "années/semaines", "jours/mois", "semaines/jours"]),
    "habitants, membres, personnes → associations": _swap(r"\b(?:habitants|membres|personnes)\b", "associations"),
    "négation ajoutée": _denied,
    "négation retirée": _swap(r"\b(?:ne |n')(\w+) (?:pas|plus|jamais)\b", r"\1"),
    "aucun → un": _swap(r"\b[Aa]ucun(e?)\b", r"un\1"),
    "sans ↔ avec": _both_ways("sans", "avec"),
    "et non → et": _swap(r"\bet non ", "et "),
    "peut → doit": _either(["peut/doit", "peuvent/doivent", "pourra/devra", "possible/obligatoire"]),
    "doit → peut": _either(["doit/peut", "doivent/peuvent", "faut/peut", "obligatoire/facultatif", "obligation/possibilité"]),
    "conditionnel retiré": _either(["aurait/a", "serait/est", "auraient/ont", "seraient/sont", "pourrait/peut"]),
    "« à vérifier » retiré": _swap(r" \([^()]*vérifier[^()]*\)", ""),
    "restriction retirée": _swap(r"\b(?:seulement|surtout|au moins|environ|souvent|parfois|uniquement) ", ""),
    "restriction ajoutée": _inserted(("seulement", "uniquement", "toujours", "rarement", "obligatoirement", "parfois")),
    "quantité": _either(["tous/certains", "toutes/certaines", "certains/tous", "plusieurs/quelques", "plusieurs/tous",
                         "chaque/aucun", "quelques/tous", "les/certains", "des/tous", "la plupart/la totalité"]),
    "au moins ↔ au plus": _either(["au moins/au plus", "au plus/au moins", "minimum/maximum", "maximum/minimum",
                                   "jusqu'à/à partir de"]),
    "plus ↔ moins": _either(["plus/moins", "moins/plus", "supérieur/inférieur", "inférieur/supérieur", "mieux/moins bien"]),
    "avant ↔ après": _either(["avant/après", "après/avant", "depuis/jusqu'en", "ensuite/auparavant", "dès/jusqu'à"]),
    "contraire": _either(_OPPOSITES),
    "mot de même racine": _either(_SAME_ROOT),
    "et → ou": _swap(r" et (?=[a-zà-ÿ])", " ou "),
    "temps": _tense,
    "nom du corpus": _name,
    "noms échangés": _exchange(rf"({'|'.join(_NAMES)})"),
    "nombres échangés": _exchange(r"(?<![\w,.-])(\d+(?:,\d+)?)(?![\w,.-])"),
    "sujet et objet échangés": _exchange(_NOUN),
    "question → affirmation": lambda sentence, _: re.sub(r"\s?\?$", ".", sentence),
    "affirmation → question": lambda sentence, _: re.sub(r"\.$", " ?", sentence),
    "présent → passé composé": _swap(r"(?<![\w'])(?:(est)|sont) (?=[a-zà-ÿ])", lambda m: "a été " if m[1] else "ont été "),
    "passé composé → présent": _swap(r"(?<![\w'])(?:(a)|ont) été ", lambda m: "est " if m[1] else "sont "),
    "agent et patient échangés (voix)": _changed_voice,
}  # fmt: skip


def mutations(sentence: str, rng: random.Random) -> Iterator[tuple[str, str]]:
    """Each change that applies, and the sentence so changed."""
    for name, change in CHANGES.items():
        changed = change(sentence, rng)
        if changed.lower() != sentence.lower():
            yield name, changed


def borrowed_numbers(known: list[Pair], rng: random.Random) -> Iterator[tuple[str, Pair]]:
    """A number of another sentence of the same paragraph in the place of the sentence's own."""
    number = r"(?<![\w,.-])\d+(?:,\d+)?(?![\w,.-])"
    for pair in known:
        own = re.findall(number, pair.sentence)
        others = [other for other in re.findall(number, pair.quote) if other not in own]
        if own and others:
            yield pair.sentence.replace(rng.choice(own), rng.choice(others), 1), pair


NOISE: dict[str, Callable[[str], str]] = {
    "apostrophes typographiques": lambda text: text.replace("'", "’"),
    "espaces insécables et fines": lambda text: re.sub(r" (?=[%€;:!?»])|(?<=\d) (?=\d{3})", "\u202f", text),
    "ligatures": lambda text: text.replace("oe", "œ").replace("fi", "ﬁ").replace("fl", "ﬂ"),
    "guillemets": lambda text: text.replace("« ", "“").replace(" »", "”"),
    "tirets": lambda text: text.replace("-", "‑"),
    "traits d'union conditionnels": lambda text: re.sub(r"(\w{5})(\w{4})", "\\1\u00ad\\2", text),
    "retours à la ligne": lambda text: text.replace(" ", "\n", 1),
}

# What says the same in other words; each sentence takes all that apply.
_REWORDINGS = (
    (r"\b(\d{1,2}) mars (\d{4})", r"\1/03/\2"), (r"\b(\d{1,2}) juin (\d{4})", r"\1/06/\2"),
    (r"\b(\d{1,2}) novembre (\d{4})", r"\1/11/\2"), (r"\b(\d{1,2}) septembre (\d{4})", r"\1/09/\2"),
    (r" %", " pour cent"), (r" euros\b", " €"), (r"\btrois\b", "3"), (r"\bdeux\b", "2"), (r"\bquatre\b", "4"),
    (r"(?<![\w,.-])10(?![\w,.-])", "dix"), (r"\bparce qu(?:e |')", "car "), (r"\bcar\b", "parce que"),
    (r"\bpour (?=\w+er )", "afin de "), (r"\bquand\b", "lorsque"), (r"\blorsque\b", "quand"), (r"\bmais\b", "toutefois"),
    (r"\bnotamment\b", "en particulier"), (r"\bpar exemple\b", "notamment"), (r"\benviron\b", "à peu près"),
    (r"\bselon\b", "d'après"), (r"\baussi\b", "également"), (r"\bréunit\b", "rassemble"), (r"\bsoutient\b", "aide"),
    (r"\bcommencer\b", "débuter"), (r"\bsouvent\b", "fréquemment"), (r"\bchaque année\b", "tous les ans"),
    (r"\béconomie sociale et solidaire \(ESS\)", "ESS"), (r"\bau moins\b", "au minimum"), (r"\bplus de (?=\d)", "supérieur à "),
    (r"^En (\d{4}), (\w)(.*)\.$", r"\2\3 en \1."), (r"^(?:Le|La|Les) (?=[a-z])", lambda m: f"Selon les sources, {m[0].lower()}"),
)  # fmt: skip


def reworded(sentence: str) -> str:
    """The sentence in other words, where there are any."""
    for pattern, by in _REWORDINGS:
        sentence = re.sub(pattern, by, sentence)
    return sentence
