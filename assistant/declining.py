"""Pure: what must be declined whatever the sources say, recognised by the way it is asked."""

import re
import unicodedata
from dataclasses import dataclass

from knowledge.analysing import fold


@dataclass(frozen=True, slots=True)
class Refusal:
    """
    Why a question is declined, in one French sentence, and where to turn. One that `yields` stands only where the
    sources do not answer.
    """

    kind: str
    sentence: str
    yields: bool = False


_INJECTION = Refusal(
    "consigne",
    "Je ne suis pas de consigne glissée dans une question ou dans un document : je réponds seulement à partir des "
    "sources, sur la co-construction des politiques publiques.",
)
_INVENTION = Refusal(
    "invention",
    "Je n'invente ni exemple, ni chiffre, ni citation : je ne donne que ce que disent les sources, avec leur adresse.",
)
_OPINION = Refusal(
    "opinion",
    "Je ne donne pas d'avis et je ne juge ni les personnes ni les organisations : je peux décrire ce que disent les "
    "sources sur leur rôle.",
)
_PERSONAL_DATA = Refusal(
    "données personnelles",
    "Je ne fournis ni ne traite de données personnelles (noms, adresses, téléphones, revenus) : ne les saisissez pas "
    "ici et voyez le délégué à la protection des données de votre collectivité.",
)
_CONFIDENTIAL = Refusal(
    "confidentialité", "Je ne communique pas les questions des autres personnes : les conversations restent privées."
)
_LEGAL = Refusal(
    "conseil juridique",
    "Je ne donne pas de conseil juridique sur un cas particulier : voyez votre service juridique, le référent "
    "déontologue des élus ou un avocat.",
)
_DRAFTING = Refusal(
    "rédaction",
    "Je ne rédige pas d'acte, de courrier ni de document prêt à signer : je peux vous donner les points à vérifier, "
    "avec leurs sources.",
)
_HARM = Refusal(
    "propos blessants",
    "Je n'aide pas à blesser ou à tromper quelqu'un : je peux vous aider à dire les choses avec respect.",
)

_OTHER_SERVICE = Refusal(
    "autre service",
    "Cette question relève d'un autre service : voyez service-public.fr, le site de votre commune ou l'organisme "
    "concerné. Je réponds sur la co-construction des politiques publiques locales.",
    yields=True,
)
_MEMBERSHIP = Refusal(
    "adhésion", "Les sources ne donnent ni tarif ni modalités d'adhésion : seul le RTES peut vous les indiquer."
)

# --- Pieces of forms, all on unaccented lower-case text.

# An order opens a sentence, or follows « peux-tu », « aide-moi à », « merci de »…
_OPENS = r"(?:^|[.,;:!?»)\]#>] ?)(?:(?:bonjour|salut|stp|svp|s'il (?:te|vous) plait|please|maintenant|alors|et|puis|ok|oui|non)[ ,]+)*"
_PLEASE = (
    r"\b(?:(?:peux|pouvez|pourrais|pourriez|veux|voulez|sais)[- ](?:tu|vous)|(?:aide|aidez)[- ](?:moi|nous) a|merci de|"
    r"merci d(?=')|(?:que|et) (?:tu|vous)|j'aimerais que tu|tu (?:dois|vas)|vous (?:devez|allez)) ?(?:me |m'|'|nous |le |la |les |l')*"
)


def _order(stems: str) -> str:
    """The assistant is told to: « rédige », « rédigez », « peux-tu rédiger », « écris-moi »; not « qui rédige »."""
    imperative = rf"(?:{stems})[sz]?"
    asked = rf"(?:{_OPENS}{imperative}|{_PLEASE}(?:{stems})\w{{0,4}}|\b{imperative}[- ](?:moi|nous))"
    return rf"{asked}\b(?!-t-|[- ](?:tu|vous|ils?|elles?|on)\b)"


_WHO = (
    r"(?:maires?|elue?s?|adjointe?s?|conseill\w+|(?:vice-)?president\w*|depute\w*|senat\w+|ministres?|prefet\w*|directeurs?|"
    r"directrices?|tresori\w+|dirigeante?s?|responsables?|secretaires?|candidate?s?)"
)
_ANYONE = rf"(?:{_WHO}|personnes|adherente?s?|habitante?s?|usagers?|beneficiaires?|agents?|benevoles?|salarie\w*)"
_CONTACT = (
    r"(?:e-?mails?|mails?|courriels?|(?:numeros? de )?(?:telephones?|portables?|tel)|numeros?|06|coordonnees|"
    r"adresses?(?: (?:e-?mail|mail|postale|electronique))?)"
)
_OWN = r"(?: (?:perso\w*|privee?s?|directe?s?|portables?))*"
_OF = r" ?(?:de la |de l'|de |du |des |d'|a la |a l')(?:(?:la|l'|mon|ma|notre|nos|ce|cet|cette|leurs?|tous les|toutes les) ?)?"
_GIVE = (
    r"(?:^|\b(?:donn\w+|fourni\w+|envo\w+|communiqu\w+|trouv\w+|cherch\w+|list\w+|quel\w*|il (?:me|nous) faut|je veux|je voudrais|"
    r"c'est quoi|as[- ]tu|avez[- ]vous)\b.{0,20})"
)
_RULES = r"(?:instructions?|consignes?|regles?|prompts?|limites?|filtres?|parametrage|configuration|directives?)"
_YOUR = r"(?:tes|vos|ton|ta|votre|your)"
_PAPER = (
    r"(?:deliberations?|arretes?|lettres?|courriers?|e-?mails?|courriels?|discours|contrats?|statuts|conventions?|reponse a|"
    r"communiques?|memoires?|motions?|cahier des charges|rapports?|notes?|formulaires?|tracts?|articles?|budgets?|dossiers?|"
    r"demande de subvention|reglements?|compte[- ]rendu|invitations?|diaporama|poemes?|chansons?|code|editos?|post)"
)
# What the sources are about: a question that names it is for them, even where it also names a service.
_OURS = (
    r"(?!.*\b(?:co-?constr\w*|co-?elabor\w*|concert\w*|politiques?|demarches?|partenari\w*|roles?|associations?|ess|scic|elus?|"
    r"budgets?|avec (?:les|des|nos|ses) (?:habitants|usagers|parents|citoyens|benevoles))\b)"
)

# Each form is a family of requests, whatever their subject. The first that matches decides.
_FORMS: tuple[tuple[Refusal, tuple[str, ...]], ...] = (
    (
        _INJECTION,
        (
            rf"{_order('ignore|oublie|annule|contourne|desactive|enfrein|outrepasse')}.{{0,40}}\b(?:{_RULES}|precedente?s?|prece\w+|ci-dessus)\b",
            rf"\b(?:ignor|oubli|annul|contourn|desactiv|enfrei|outrepass)\w+ (?:\w+ ){{0,3}}{_YOUR} (?:\w+ ){{0,2}}{_RULES}\b",
            r"\b(?:oublie|ignore)z? (?:tout|tt|toutes?)\b.{0,20}\b(?:precede|avant|dit|recu)|\bignor\w+ ce qu.{0,20}\b(?:avant|precede|dit)\b",
            rf"\bne (?:tiens|tenez|tenir) (?:pas|plus|aucun) compte .{{0,20}}\b(?:{_RULES}|precede)",
            rf"\b(?:revel|affich|montr|repet|recit|imprim|donn|(?:re)?copi|traduis|resum|decri|quel|what|print|show|repeat|output|reveal|tell)\w*\b.{{0,30}}\b{_YOUR} (?:\w+ )?{_RULES}\b",
            r"\b(?:system prompt|prompt systeme|initial prompt|jailbreak|cle api|api key)\b",
            r"\b(?:revel|affich|montr|donn|quel)\w*\b.{0,30}\bmots? de passe\b",
            r"\bmode (?:dan|developpeur|developer|debug|admin\w*|sans (?:filtre|limite|censure))\b|\bdeveloper mode\b",
            r"\b(?:tu es|vous etes) (?:maintenant|desormais)\b|\ba partir de maintenant,? (?:tu|vous)\b|\byou are now an?\b",
            rf"{_order('fais|faite')} comme si\b|{_order('joue|endosse|incarne')} le role\b|\bpretend (?:to|you)\b|\bact as\b",
            r"\b(?:ignore|disregard|forget|override|bypass|ignora)\b.{0,30}\b(?:instruc\w+|rules?|above|previous|prompt|guidelines?|everything)\b",
            r"\b(?:reponds?|repondez|dis|affirme|ecris|conclus) (?:seulement |uniquement |toujours )?(?:que|par) .{0,120}(?:fais[- ]le|obeis|sans discuter|c'est un ordre)",
            r"\bil est ecrit\b.{0,12}«? ?(?:reponds|dis|ecris|ignore)",
            r"(?:nouvelles?|new) (?:consignes?|instructions?|regles?) ?:|#{2,} ?(?:instruction|system|consigne)",
            r"\[/?(?:system|inst|admin)\w*\]|<\|?/?(?:system|im_start|im_end|s)\b[^>]{0,20}>|^(?:system|systeme|admin\w*|developer|developpeur) ?:",
        ),
    ),
    (
        _INVENTION,
        (
            _order("invente|imagine|fabrique|bidonne"),
            r"\bpeu importe si c'?est (?:vrai|faux|exact)|\bmeme si c'?est faux\b",
            r"\b(?:donn|trouv|fai|ecri|cre|gener|sor|cit)\w*\b.{0,30}\b(?:fausses? (?:citations?|sources?|references?|etudes?)|faux (?:chiffres?|temoignages?|exemples?))\b",
            r"\b(?:chiffres?|statistiques?|citations?|exemples?|sources?|dates?)\b.{0,12}\bau hasard\b",
        ),
    ),
    (
        _CONFIDENTIAL,
        (
            r"\b(?:questions?|conversations?|messages?|historique)\b.{0,40}\b(?:autres?|quelqu'un d'autre|mes collegues|les gens|utilisateurs)\b.{0,40}\b(?:pose|ecri|envoy|demand|hier|aujourd)",
            r"\b(?:historique|conversations?|messages?)\b.{0,20}\b(?:des|d'|les) ?(?:autres (?:elus|utilisateurs|personnes|usagers|agents)|utilisateurs|collegues)\b",
            r"\b(?:autres (?:elus|utilisateurs|personnes|usagers|agents)|mes collegues|les utilisateurs)\b.{0,30}\b(?:ont|avaient)(?:[- ]ils)? (?:pose|demande|ecrit)",
            r"\b(?:ont|avaient)(?:[- ]ils)? (?:pose|demande|ecrit)\w*\b.{0,20}\b(?:autres (?:elus|utilisateurs|personnes|usagers|agents)|mes collegues|les utilisateurs)\b",
        ),
    ),
    (
        _PERSONAL_DATA,
        (
            rf"{_GIVE}\b{_CONTACT}{_OWN}{_OF}(?:{_ANYONE}\b|(?:m\.|mr|mme|monsieur|madame)\s)",
            rf"{_GIVE}.{{0,60}}\b{_ANYONE}\b.{{0,60}}\b(?:avec|et) leurs? {_CONTACT}\b",
            rf"{_order('analyse|trie|traite|compare|resume|classe|croise')}.{{0,30}}\b(?:tableau|fichier|liste|dossiers?)\b.{{0,40}}\b(?:usagers?|habitants|noms|beneficiaires|adherents|agents|familles|allocataires)\b",
            rf"\b(?:salaires?|revenus?|religion|opinions? politiques?|orientation sexuelle|etat de sante|age|vie privee){_OF}(?:{_WHO}\b|(?:m\.|mr|mme|monsieur|madame)\s)",
            rf"\bou (?:habite|vit|dort)\b.{{0,20}}\b(?:{_WHO}|mme|monsieur|madame)\b|\bquel age (?:a|ont)\b.{{0,30}}\b(?:{_WHO}|mme|monsieur|madame)\b",
            rf"\b{_WHO}\b.{{0,40}}\ba[- ]t[- ](?:il|elle) un casier\b|\bcasier{_OF}{_WHO}\b",
        ),
    ),
    (
        _LEGAL,
        (
            r"\b(?:dans )?mon cas (?:precis|personnel|particulier)\b|\bsuis[- ]je (?:coupable|responsable|en faute|en prise|en conflit|passible|attaquable)|\bai[- ]je (?:commis|le droit de refuser)",
            r"\bje risque(?:rais)?\b|\brisque[- ]je\b|\bdefends?[- ]moi\b|\bgagner (?:mon|ce|le) proces\b|\bmon (?:proces|avocat|litige|divorce|licenciement)\b",
            r"\b(?:puis[- ]je|dois[- ]je|peut[- ]on|je (?:veux|voudrais|vais)) (?:la |le |les |l')(?:poursuivre|attaquer)\b|\bpoursuivre\b.{0,40}\ben justice\b",
            r"\b(?:comment|puis[- ]je|dois[- ]je|je (?:veux|voudrais|vais)) (?:la |le |les |l')?(?:faire condamner|licencier|expulser|porter plainte|attaquer (?:ma|mon|mes|cette?|ce|le maire|la mairie))\b|\bporter plainte contre\b",
            r"\bmes (?:recours|droits)\b|\b(?:ma|mon|mes) (?:fille|fils|femme|mari|enfants?|pere|mere|voisine?s?|employeur|patron|proprietaire|locataire)\b.{0,80}\b(?:recours|droits?|tribunal|indemnis\w+)\b",
        ),
    ),
    (
        _HARM,
        (
            r"\b(?:comment|pour|(?:aide|aidez)[- ](?:moi|nous) a|je (?:veux|voudrais)|(?:peux|pouvez)[- ](?:tu|vous)|moyens? (?:de|d')) ?(?:bien |mieux |m'aider a )?(?:l'|les |le |la )?"
            r"(?:humilier|insulter|menacer|intimider|discrediter|diffamer|rabaisser|salir|manipuler|calomnier|detruire la reputation|faire peur)\b",
            r"\b(?:ecri|redig|fai|prepar|envo|trouv|donn|gener)\w*\b.{0,60}\b(?:humiliante?s?|insultante?s?|menacante?s?|blessante?s?|mechante?s?|injurieu\w+|diffamatoires?|intimidante?s?)\b",
            r"\b(?:trouv|donn|ecri|cherch)\w*\b.{0,20}\b(?:insultes?|injures?|menaces?|calomnies?)\b",
        ),
    ),
    (
        _OPINION,
        (
            r"\b(?:que|qu'en|quoi|koi) pens(?:es?|ez)[- ](?:tu|vous)\b|\b(?:tu |vous |t')(?:en )?pens(?:es?|ez) (?:quoi|koi)\b",
            r"\b(?:ton|votre) (?:avis|opinion|point de vue) (?:sur|personnel)|\bquel(?:le)? est (?:ton|votre) (?:avis|opinion)\b",
            r"\b(?:tu (?:preferes?|votes?|soutiens)|vous (?:preferez|votez)) |\bpour qui (?:(?:faut[- ]il|dois[- ]je|il faut|je dois|on doit|tu|vous) )?vot(?:er|es|ez)\b|\b(?:es-tu|etes-vous) (?:pour|contre|de (?:gauche|droite))",
            rf"\b(?:qui (?:est|sont)|quel\w* (?:{_WHO}|partis?|associations?|reseaux?)(?: \w+)? (?:est|sont)) (?:le |la |les )?(?:meilleure?s?|pires?|plus (?:honnetes?|competente?s?|nul(?:le)?s?|corrompue?s?))\b",
            rf"\bquel\w* (?:est|sont) (?:le |la |les )(?:meilleure?s?|pires?|plus \w+) (?:{_WHO}|partis?|associations?|reseaux?)\b",
            rf"\b(?:{_WHO}|partis?)\b.{{0,40}}\b(?:est|sont)[- ](?:ils?|elles?) (?:vraiment |trop |un |une |des )*(?:bons?|bonnes?|mauvais\w*|nul(?:le)?s?|demago\w*|visionnaires?|incompetente?s?|corrompue?s?|honnetes?|malhonnetes?|escrocs?|menteu\w+)\b",
            rf"\best[- ](?:il|elle) (?:un |une )?(?:bon|bonne|mauvais\w*) {_WHO}\b|\b(?:ce|cet|cette) {_WHO}\b.{{0,10}}\b(?:demago\w*|visionnaire|incompetente?|corrompue?|escroc)\b",
        ),
    ),
    (
        _DRAFTING,
        (
            rf"{_order('redige|ecri')}(?!.{{0,25}}\b(?:resumes?|syntheses?|phrases?|puces?|listes?|points|arguments?|definition)\b)",
            rf"{_order('prepare|genere|fai|faite|produi|complete|rempli|traduis|compose')}.{{0,40}}\b{_PAPER}\b",
            rf"\b{_PAPER}\b.{{0,40}}\bprete?s? a (?:voter|signer|envoyer|publier|imprimer|l'emploi)\b",
            r"^(?:please |can you |could you )*(?:draft|write|prepare|generate|compose)\b.{0,40}\b(?:letters?|speech|deliberation|e?-?mails?|contracts?|statutes|reports?|press release|poems?|code|agreements?|memos?)\b",
        ),
    ),
    (
        _MEMBERSHIP,
        (
            r"\b(?:prix|tarifs?|cout\w*|coute\w*|montant|combien)\b.{0,25}\b(?:adhesion|adherer|cotisation)\b|\badhesion\b.{0,20}\b(?:prix|tarifs?|cout\w*)\b",
        ),
    ),
    (
        _OTHER_SERVICE,
        (
            rf"^{_OURS}.*\b(?:horaires? (?:de|du|des|d')|heures? d'ouverture)|\ba quelle heure (?:ouvre|ferme|commence|finit|part|passe|est)\b",
            r"\b(?:meteo|quel temps (?:fera|fait)|horoscope|blague|devinette)\b|\b(?:gagne|perdu|resultats?|score)\b.{0,12}\b(?:match|loto|championnat|coupe)\b",
            rf"^{_OURS}.*\b(?:taxe fonciere|taxe d'habitation|impots? sur le revenu|declaration de revenus|rsa|prime d'activite|apl|allocations? (?:familiales|logement|chomage)|"
            r"pole emploi|france travail|permis de conduire|carte (?:grise|d'identite|vitale)|passeport|etat civil|casier judiciaire|amendes?|"
            r"securite sociale|mutuelle sante|pension de retraite|livret a|credit immobilier|cours de (?:la )?bourse|bourse en ligne)\b",
            rf"^{_OURS}.*\b(?:reseau electrique|coupures? (?:de courant|d'electricite)|facture d'(?:electricite|eau|gaz))\b",
            rf"^{_OURS}.*\b(?:recettes? (?:de|du|des|d')|menus? (?:de|du|des) |places? (?:en|de|a la) (?:creche|parking|cantine|ehpad|camping)\b.{{0,20}}\b(?:libres?|restent|disponibles?))",
        ),
    ),
)  # fmt: skip
_COMPILED = tuple((refusal, re.compile("|".join(f"(?:{form})" for form in forms))) for refusal, forms in _FORMS)


def decline(question: str) -> Refusal | None:
    """The refusal that the form of the question calls for; None when the sources are to decide."""
    plain = unicodedata.normalize("NFKC", question).replace("’", "'")
    seen = "".join(char for char in plain if unicodedata.category(char) != "Cf")
    bare = fold(" ".join(seen.lower().split()))
    return next((refusal for refusal, form in _COMPILED if form.search(bare)), None)
