from knowledge.analysing import terms
from knowledge.settings import LEXICON
from knowledge.synonyms import mates, read_groups, widened


def test_the_words_of_a_line_are_said_for_one_another() -> None:
    groups = read_groups("# Ce qui suit\nobligatoire, imposer, forcer  # au sens de la loi\n\nargent, fonds\n")
    assert groups["impos"] == {"obligatoir", "forc"}
    assert groups["argent"] == {"fond"}
    assert groups.keys() == {"obligatoir", "impos", "forc", "argent", "fond"}


def test_a_word_of_two_lines_has_the_mates_of_both() -> None:
    assert read_groups("aider, soutenir\naider, financer")["aid"] == {"souten", "financ"}


def test_what_nothing_is_said_for_stays_alone() -> None:
    assert widened(["xylophon"]) == {"xylophon"}
    assert widened([]) == frozenset()


def test_other_words_come_beside_what_is_said_and_never_in_its_place() -> None:
    assert "impos" in mates(["obligatoir"])
    assert widened(["obligatoir"]) == {"obligatoir"} | mates(["obligatoir"])
    assert mates(["obligatoir", "impos"]).isdisjoint({"obligatoir", "impos"})


def test_what_the_subject_tells_apart_is_never_said_for_one_another() -> None:
    groups = read_groups(LEXICON.with_name("synonymes.txt").read_text(encoding="utf-8"))
    apart = [
        "information consultation concertation co-construction codécision",
        "association fondation mutuelle coopérative entreprise",
        "subvention marché prêt",
        "commune région département intercommunalité",
        "charte convention loi circulaire arrêté",
        "maire président",
        "avis décision",
        "élu agent bénévole salarié",
    ]
    for words in apart:
        told = terms(words)
        assert not [(one, other) for one in told for other in told if other in groups.get(one, ())]
