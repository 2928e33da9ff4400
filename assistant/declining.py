"""Pure: what must be declined whatever the sources say, recognised by the way it is asked."""

import re
from dataclasses import dataclass

from knowledge.analysing import fold


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a question is declined, in one French sentence, and where to turn."""

    kind: str
    sentence: str


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
)
_MEMBERSHIP = Refusal(
    "adhésion", "Les sources ne donnent ni tarif ni modalités d'adhésion : seul le RTES peut vous les indiquer."
)

# On unaccented lower-case text. Each form is a family of requests, whatever their subject.
_FORMS: tuple[tuple[Refusal, str], ...] = (
    (
        _INJECTION,
        r"\b(?:ignore|oublie|annule|contourne|desactive)[rz]?\b.{0,40}\b(?:instruction|consigne|regle|prompt|precedent|limite)|"
        r"\b(?:system prompt|prompt systeme|jailbreak|developer mode|mode developpeur)\b|"
        r"\b(?:revele|affiche|montre|repete|donne)\w*\b.{0,30}\b(?:prompt|consignes|instructions|cle api|mot de passe)|"
        r"\btu es (?:maintenant|desormais)\b|\b(?:fais|faites) comme si\b|\bignore (?:all|previous|the)\b|\bpretend (?:to|you)\b|"
        r"\b(?:reponds?|repondez|dis|affirme|ecris|conclus) (?:seulement |uniquement |toujours )?(?:que|par) .{0,120}(?:fais[- ]le|obeis|sans discuter|c'est un ordre)|"
        r"\bil est ecrit\b.{0,12}«? ?(?:reponds|dis|ecris|ignore)",
    ),
    (
        _INVENTION,
        r"\b(?:invente|inventez|inventer|imagine|imaginez|fabrique|fabriquez|bidonne)\b|peu importe si c'?est (?:vrai|faux|exact)|"
        r"\bmeme si c'?est faux\b|\bfausses? (?:citations?|sources?|references?|chiffres?)\b",
    ),
    (
        _CONFIDENTIAL,
        r"\b(?:questions?|conversations?|messages?|historique)\b.{0,40}\b(?:autres?|quelqu'un d'autre|mes collegues|les gens|utilisateurs)\b.{0,40}\b(?:pose|ecri|envoy|demand|hier|aujourd)|"
        r"\b(?:autres (?:elus|utilisateurs|personnes|usagers|agents))\b.{0,30}\b(?:ont|avaient) (?:pose|demande|ecrit)",
    ),
    (
        _PERSONAL_DATA,
        r"\b(?:e-?mails?|courriels?|mails|telephones?|numeros? (?:de tel\w*|perso\w*|portable)|coordonnees|adresses? (?:perso\w*|mail|e-?mail|postale|privee)|06)\b.{0,60}\b(?:maires?|elue?s?|conseillere?s?|presidente?s?|personnes|adherents|habitants|usagers|responsables|directeur\w*|liste)\b|"
        r"\b(?:maires?|elue?s?|conseillere?s?|presidente?s?|personnes|adherents|habitants|usagers|responsables|liste)\b.{0,60}\b(?:e-?mails?|courriels?|telephones?|coordonnees perso\w*|adresses? (?:perso\w*|mail|e-?mail|privee))\b|"
        r"\b(?:analyse|trie|traite|compare|resume|classe)\w*\b.{0,30}\b(?:tableau|fichier|liste|dossiers?)\b.{0,40}\b(?:usagers?|habitants|noms|beneficiaires|adherents|agents|familles|allocataires)|"
        r"\b(?:salaires?|revenus?|religion|opinions? politiques?|orientation|etat de sante|casier) (?:de|du|des) (?:m\.|mme|monsieur|madame|tel|cet|cette|mon|ma|notre|ce)\b|\bou habite\b|\bvie privee d",
    ),
    (
        _LEGAL,
        r"\b(?:dans )?mon cas (?:precis|personnel|particulier)\b|\bsuis[- ]je (?:coupable|responsable|en faute|en prise|en conflit|passible|attaquable)|"
        r"\b(?:puis[- ]je|peut[- ]on|dois[- ]je|comment) (?:la |le |les |l')?(?:poursuivre|attaquer|porter plainte|faire condamner|licencier|expulser)|\bporter plainte\b|"
        r"\b(?:qu'est-ce que je|est-ce que je|que|qu'est-ce qu'on|je) risque(?:s|nt|-je)?\b|\bquels (?:sont mes )?recours\b|\bmes droits\b|\bmon (?:proces|avocat|litige|divorce|licenciement)\b|\bai[- ]je (?:commis|le droit de refuser)|"
        r"\bdefends?[- ]moi\b|\bgagner (?:mon|ce|le) proces",
    ),
    (
        _HARM,
        r"\b(?:humilian\w*|insult\w*|menac\w*|intimid\w*|discredit\w*|diffam\w*|rabaiss\w*|blessant\w*|mechant\w*|salir|detruire la reputation|manipul\w+ (?:les|l'|la|le))\b",
    ),
    (
        _OPINION,
        r"\b(?:que|qu'en) pens(?:es|ez)[- ](?:tu|vous)\b|\b(?:ton|votre) (?:avis|opinion|point de vue) (?:sur|personnel)|\btu (?:preferes|votes|soutiens)\b|\bvous (?:preferez|votez)\b|\bpour qui (?:\S+ ){0,2}vot|"
        r"\b(?:qui|lequel|laquelle|quel\w* \w+) (?:est|sont) (?:le |la |les )?(?:meilleure?s?|pires?|plus (?:honnete|competente?|nulle?|corrompue?))|\b(?:demago\w*|visionnaire|incompetente?s?|corrompue?s?|nul (?:ou|a)|escroc)\b|"
        r"\best[- ](?:il|elle) (?:un |une )?(?:bon|bonne|mauvais\w*) (?:maire|elue?|presidente?|depute\w*|ministre)|\b(?:es-tu|etes-vous) (?:pour|contre|de (?:gauche|droite))",
    ),
    (
        _DRAFTING,
        r"^(?:\w+ ){0,3}?(?:redige|redigez|rediger|ecris|ecrivez|ecrire|prepare|preparez|genere|generez|fais|faites|produis|complete|remplis|traduis)\b[- ]?(?:moi|nous|le|la)?\b.{0,25}\b(?:deliberation|arrete|lettre|courrier|mail|discours|contrat|statuts|convention|reponse a|communique|memoire|motion|cahier des charges|rapport|dossier|note|formulaire|tract|article|budget|demande de subvention|poeme|chanson|recette|code)\b|"
        r"\bpret\w* a (?:voter|signer|envoyer|publier|imprimer)\b",
    ),
    (
        _MEMBERSHIP,
        r"\b(?:prix|tarifs?|cout\w*|coute\w*|montant|combien)\b.{0,25}\b(?:adhesion|adherer|cotisation)\b|\badhesion\b.{0,20}\b(?:prix|tarifs?|cout\w*)\b",
    ),
    (
        _OTHER_SERVICE,
        r"\b(?:horaires?|heures? d'ouverture|a quelle heure)\b|\b(?:meteo|quel temps fera|pluie|canicule demain)\b|"
        r"\b(?:taxe fonciere|taxe d'habitation|impots? sur le revenu|declaration de revenus|rsa|prime d'activite|apl|allocations? (?:familiales|logement|chomage)|"
        r"pole emploi|france travail|permis de conduire|carte (?:grise|d'identite|vitale)|passeport|etat civil|casier judiciaire|amendes?|"
        r"securite sociale|mutuelle sante|pension de retraite|livret a|credit immobilier)\b|"
        r"\b(?:reseau electrique|coupures? (?:de courant|d'electricite)|facture d'(?:electricite|eau|gaz))\b|"
        r"\b(?:recette|horoscope|blague|devinette|resultats? du (?:match|loto)|cours de bourse|bourse en ligne)\b",
    ),
)  # fmt: skip


def decline(question: str) -> Refusal | None:
    """The refusal that the form of the question calls for; None when the sources are to decide."""
    bare = fold(" ".join(question.lower().replace("’", "'").split()))
    return next((refusal for refusal, form in _FORMS if re.search(form, bare)), None)
