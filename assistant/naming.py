"""Pure: where a French text names a person, by the words around the name and by first names."""

import re
from collections.abc import Iterator

from knowledge.analysing import fold

# Common first names of people who live in France, without those that are a place, a common word or an association
# (France, Lorraine, Nancy, Florence, Victoire…).
_FIRST = frozenset(
    """
    abdel abdelkader abdou abdoulaye abel achille adam adama adele adeline adrien adrienne agathe agnes ahmed aicha
    aissata alain alban albert alex alexandra alexandre alexandrine alexia alexis alfred ali alice alicia aline alix
    alphonse amadou amandine amar ambre amelie amina amine aminata amir anais anastasia andre andrea andree angele
    angelique anita ann anna annabelle anne annette annick annie anthony antoine antoinette antonin apolline ariane
    arlette armand armelle arnaud arthur assia astrid aude audrey auguste aurelie aurelien aurore axel axelle aya
    ayoub baptiste barbara basile bastien beatrice benedicte benjamin benoit berengere bernadette bernard berthe
    bertrand bilal blandine boris boubacar brahim brice brieuc brigitte bruno camille candice carine carla carole
    caroline catherine cecile cedric celeste celestine celia celine cesar chantal charlene charles charlie charlotte
    chloe christele christelle christian christiane christine christophe claire clara clarisse claude claudette claudie
    claudine clemence clement clementine colette coline colin corentin coralie corinne cyprien cyril cyrille damien
    daniel daniele danielle danny daphne daouda david deborah delphine denis denise desire diana diane didier dimitri
    djamel djamila djibril dominique dorian doriane dorothee driss edith edmond edouard edwige eleonore eliane elias
    elie eliott elisa elisabeth elise ella elodie elsa elvire emeline emilie emilien emma emmanuel emmanuelle enzo
    eric erik ernest erwan erwann esteban estelle esther ethan etienne eugene eugenie eva evan eve evelyne fabien
    fabienne fabrice fabiola fadila fanny fanta farah farid farida fatiha fatima fatimata fatma fatou fatoumata faustine
    felicie felix ferdinand fernand fernande flavie flavien floriane florian francine francis francois francoise frank
    franck frederic frederique gabin gabriel gabrielle gael gaelle gaetan gaspard gaston gautier genevieve geoffrey
    georges georgette gerald geraldine gerard germain germaine ghislain ghislaine gilbert gilberte gilles gisele goran
    gregoire gregory guilhem guillaume gustave guy gwenael gwenaelle gwendoline habib hadrien hakim halima hamid hamza
    hanane hanna hassan hassane hedi helena helene heloise henri henriette herve hichem hind hocine honore houria hubert
    hugo hugues hugette huguette ibrahim ibrahima idriss ikram ilan ilyas imane imen ines ingrid irene iris isaac isabelle
    isaure ismael issa ivan jacqueline jacques jade jalal jamal jamila janine jason jawad jean jeanine jeanne jeannine
    jennifer jenny jeremie jeremy jerome jessica jessy joan joanna jocelyn jocelyne joel joelle johan johann johanna
    jonathan jose josee joseph josephine josette josiane josselin josyane juan jules julia julian juliane julie
    julien julienne juliette justin justine kader kadiatou kamel karen karim karima karine katia kelly kenza kevin khadija
    khaled khalid kilian killian laetitia laila lamia landry lara latifa laura laure laurence laurent laurine laurie lea
    leila lena leo leon leonard leonie leopold leslie levi liam lila lilian liliane lina linda line lionel lisa lise lison
    loan loic lola lorenzo lou louane louis louisa louise louna luc luca lucas lucette lucie lucien lucienne ludivine
    ludovic lydia lydie lyes maelle maeva magali magalie magdalena maimouna malik malika malo mamadou manon manuel manuela
    marc marcel marcelle marceau margaux margot maria mariam mariama marianne marie mariette marilyne marina marine mario
    marion marius marjolaine marjorie marlene marthe martial martine maryline maryse maryvonne mateo mathias mathieu
    mathilde mathis mathurin matteo matthias matthieu maud maurice maxence maxime maximilien maya mederic medhi mehdi
    melanie melina melissa melodie mercedes michael michel michele micheline mickael mila mina miriam mohamed mohammed
    moise monique morgan morgane moussa mouloud mounir muriel mustapha myriam nabil nadege nadia nadine naima nassim nasser
    natacha nathalie nathan nawel nelly nicolas nicole nina noa noe noel noelle noemie nora norbert nordine norah nour
    oceane octave octavie odette odile olga olivia olivier omar ondine oriane oscar oumar ousmane pablo pascal pascale
    pascaline patrice patricia patrick paul paula paule paulette pauline perrine philibert philippe philomene pierre
    pierrette pierrick prosper quentin rabah rachel rachid rachida rafael rania raoul raphael raphaelle raymond raymonde
    rebecca regine regis remi remy renaud rene renee reynald ricardo richard robert roberte robin rodolphe rodrigue roger
    roland rolande romain romane romuald ronan rosalie roseline rosine roxane ruben ryan sabine sabrina sacha safia said
    saida salah salima salome sam samba samia samir samira samuel sandra sandrine sandy sara sarah sasha saveria sebastien
    selim selma serge severine sibylle sidonie simeon simon simone sofiane solange solene soline sonia sophie souad
    soufiane stanislas stella stephane stephanie steven suzanne suzie svetlana sylvain sylvaine sylvette sylviane sylvie
    tanguy tanya tatiana teddy telma teo tess thais theo theodore theophile therese thibaud thibault thibaut thierno thierry
    thomas tiffany timothee titouan tom tony tristan ugo ulysse ursula valentin valentine valerie vanessa vera
    veronique victor victoria vincent violette virginie vivien viviane vladimir walid walter wassim wilfrid wilfried
    william willy xavier yacine yael yamina yann yanis yannick yasmina yasmine yohan yohann yolande youcef youssef yves
    yvette yvon yvonne zacharie zahra zakaria zineb zoe zohra
    """.split()
)
# First names that are words too: in lower case they name nobody.
_ALSO_WORDS = frozenset(
    """
    ambre ange aude aurore basile baptiste celeste cesar charlotte christian colin desire diane elle ella eva honore iris
    jade jean lea line lise lou marine martial maya melodie mina noel octave oscar pierre prosper robin romain romane sam
    serge said tess tom valentine violette
    """.split()
)

_CAPITALISED = r"[A-ZÀ-ÖØ-Þ][\w'’-]*[^\W_]"
_BLANK = r"[ \u00a0]+"
_PARTICLE = rf"(?:(?:de la|de|du|des|le|la|van|von|el|ben|ould|da|dos)(?:{_BLANK})|d['’])"
_SURNAME = rf"(?:(?i:{_PARTICLE}){{0,2}}{_CAPITALISED})"
_WORD = r"[^\W\d_][\w'’-]*[^\W_]"

# A title and what follows it. An office is no name: « Madame la maire », « M. le préfet », « Monsieur Le Maire ».
_TITLE = (
    r"\b(?:(?i:mme|mmes|mlle|mr|monsieur et madame|madame et monsieur|monsieur|madame|mademoiselle|messieurs|mesdames|docteur)\.?|MM?\.|Dr\.?|Maître|"
    r"M(?= [A-ZÀ-Þ])|Me(?= [A-ZÀ-Þ]))"
)
_OFFICE = (
    r"(?!(?i:les?|la|l['’]|et|ou|en|du|des|d['’]|de|qui|que|est|a|à|au|je|nous|maire|adjointe?|président\w*|préf\w+|ministre|"
    r"député\w*|sénat\w+|direct\w+|conseill\w+|ouvrage|d['’]ouvrage)\b(?! (?i:gall|goff|bihan|roux|corre|pen|floch|guen)\b))"
)
_TITLED = re.compile(
    rf"{_TITLE}{_BLANK}(?P<name>(?:(?i:{_PARTICLE})(?=[A-ZÀ-Þ]))?{_OFFICE}[^\W\d_][\w'’.-]*"
    rf"(?:{_BLANK}(?:(?i:le|la|el|ben|de)(?={_BLANK}[a-zà-ÿ])|{_SURNAME}|(?<=\ble )\w+|(?<=\bla )\w+))*)"
)

# « je m'appelle … », whatever the case.
_AFTER_WORDS = r"(?!(?i:et|je|qui|que|de|des|du|la|le|les|élue?|maire|agente?|pour|dans|à|au|en|est|suis|conseill\w+|comment|mon|ma)\b)"
_INTRODUCED = re.compile(
    rf"(?:\b(?i:je m['’]appelle|je me nomme|mon (?:pré)?nom (?:est|c['’]est)|moi,? c['’]est|my name is|mon nom\s*:)|"
    rf"\b(?i:nom|prénom|signé|cordialement|bien à vous|respectueusement)\s*[:,]){_BLANK}"
    rf"(?P<name>(?:(?i:{_PARTICLE}))?{_AFTER_WORDS}{_WORD}(?:{_BLANK}{_AFTER_WORDS}{_WORD}){{0,3}})"
)

# Who one is to somebody, then the name.
_WHO = (
    r"(?:maire|adjointe?|premi(?:er|ère) adjointe?|présidente?|vice-présidente?|trésori(?:er|ère)|secrétaire(?: de mairie| générale?)?|direct(?:eur|rice)|dgs|"
    r"élue?|conseill(?:er|ère)|députée?|sénat(?:eur|rice)|préfète?|agente?|technicienn?e?|chargée? de mission|collègue|voisine?|collaborat(?:eur|rice)|"
    r"stagiaire|bénévole|habitante?|fils|fille|femme|mari|épouse?|époux|frère|s(?:œ|oe)ur|mère|père|cousine?|amie?|compagn(?:on|e)|conjointe?|"
    r"patronn?e?|cheff?e?|responsable|animat(?:eur|rice)|coordinat(?:eur|rice)|administrée?|usag(?:er|ère)|employée?|salariée?|candidate?|docteur|docteure|abbé|maître)"
)
_ASIDE = (
    r"(?: (?:municipal|régional|départemental|général|communautaire|délégué|sortant)e?)?"
    r"(?: (?:à la|à l['’]|au|aux|de la|de l['’]|du|des|chargée? (?:de la|de l['’]|du|des)) ?[a-zà-ÿ]+){0,2},?"
)
_NO_NAME = (
    r"(?!(?:Général|Adjoint|Délégué|Municipal|Régional|Départemental|Territorial|Communautaire|National|Région|Départ|Métropole|Ville|Commune|"
    r"Europ|Honoraire|Vert|Insoumis|Social|Maritime|France|Emmaüs|Secours|Croix|Territoire|Zéro)[\w'’-]*)(?!(?:M|Mme|Mlle|Mr|Monsieur|Madame|Maître|Docteur)\b)(?![A-Z]{1,4}\b)"
)
_RELATED = re.compile(
    rf"(?i:\b{_WHO}{_ASIDE})(?: ?:)?{_BLANK}(?P<name>{_NO_NAME}{_CAPITALISED}(?:{_BLANK}{_SURNAME}){{0,2}})"
)
_RELATED_LOWER = re.compile(rf"\b(?i:{_WHO}{_ASIDE}){_BLANK}(?P<name>(?P<first>[a-zà-ÿ-]+)(?:{_BLANK}[a-zà-ÿ'’-]+)?)")

# A first name and what follows it; what bears somebody's name is no person.
_NAMED_AFTER = re.compile(
    r"(?i:rue|place|avenue|boulevard|quai|square|allée|impasse|cours|lycée|collège|école|espace|saint|sainte|st|ste|centre(?: social| culturel)?|fondation|association|"
    r"salle|quartier|hôpital|maison|stade|gymnase|cité|théâtre|médiathèque|bibliothèque|institut|université|prix|loi|rapport|jardin|parc|pont|"
    r"résidence|foyer|mjc|crèche|piscine|groupe scolaire|méthode)(?: (?:de la|de l['’]|de|du|des))?[ \u00a0]+$"
)
_FIRST_NAME = re.compile(rf"(?<![\w’'-]){_CAPITALISED}")
_PAIR = re.compile(rf"{_CAPITALISED}(?:{_BLANK}[A-ZÀ-Þ]\.)?{_BLANK}{_SURNAME}(?:{_BLANK}{_SURNAME})?")
_WITHIN = re.compile(r"[a-zà-ÿ,’'][ \u00a0]?$")
_SHOUTED = re.compile(rf"(?<![\w'’-])[A-ZÀ-Þ][A-ZÀ-Þ'’-]{{2,}}{_BLANK}(?P<first>{_CAPITALISED})")
_LOWER_PAIR = re.compile(r"(?<![\w'’-])(?P<first>[a-zà-ÿ]{3,}(?:-[a-zà-ÿ]{3,})?) [a-zà-ÿ'’-]{3,}(?![\w'’-])")
_CALLED_AFTER = re.compile(rf"(?i:\b(?:loi|rapport|arrêt|circulaire|décret)){_BLANK}(?P<name>[A-ZÀ-Þ][a-zà-ÿ-]{{3,}})")
_INITIAL = re.compile(
    rf"(?<![\w'’.-])(?!M\.)(?P<name>[A-ZÀ-Þ]\.(?:-?[A-ZÀ-Þ]\.)? ?[A-ZÀ-Þ][a-zà-ÿ]{{2,}}(?:-{_CAPITALISED})?)"
)


def names(text: str) -> Iterator[tuple[int, int]]:
    """Where each name stands, in no order; some overlap."""
    for form in (_TITLED, _INTRODUCED, _RELATED, _INITIAL):
        yield from (match.span("name") for match in form.finditer(text))
    for match in _SHOUTED.finditer(text):
        if _is_first(match["first"]):
            yield match.span()
    for match in _LOWER_PAIR.finditer(text):
        if _is_first(match["first"]) and match["first"] not in _ALSO_WORDS:
            yield match.span()
    for match in _RELATED_LOWER.finditer(text):
        if _is_first(match["first"]):
            yield match.span("name")
    yield from _from_first_names(text)


def last_names(text: str) -> Iterator[str]:
    """Those by which a law, a report or a ruling is called."""
    return (match["name"] for match in _CALLED_AFTER.finditer(text))


def _from_first_names(text: str) -> Iterator[tuple[int, int]]:
    """A first name with what follows it; one alone, within a sentence."""
    reached = 0
    for at in _FIRST_NAME.finditer(text):
        if at.start() < reached or not _is_first(at[0]):
            continue
        pair = _PAIR.match(text, at.start())
        reached = pair.end() if pair else at.end()
        if _NAMED_AFTER.search(text, 0, at.start()):
            continue
        if pair or (_WITHIN.search(text, 0, at.start()) and fold(at[0].lower()) not in _ALSO_WORDS):
            yield at.start(), reached


def _is_first(word: str) -> bool:
    # « Jean-Pierre », and not « Saint-Denis ».
    return fold(word.lower()).split("-")[0] in _FIRST
