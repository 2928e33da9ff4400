from dataclasses import replace

import pytest

from knowledge.evaluation.comparing import Record
from knowledge.evaluation.evaluating import Evaluation, Outcome, Separation, Variation
from knowledge.evaluation.measuring import MEASURES, Interval
from knowledge.evaluation.question_sets import Question
from knowledge.evaluation.reporting import lines, page, signed, spanned

FOUND, MISSED = Question("q1", "Une charte ?", {"a": 1}), Question("q2", "<b>Un frein ?</b>", {"b": 1})
EVALUATION = Evaluation(
    name="jeu",
    digest="abc",
    model="modèle",
    passages=12,
    titles={"a": "La charte", "b": "Les <freins>", "c": "Autre", "d": "Encore", "e": "Toujours"},
    outcomes=(Outcome(FOUND, ("a", "b"), 5.0), Outcome(MISSED, ("a", "c", "d", "e", "b"), 1.0)),
    values={name: {"q1": 1.0, "q2": 0.0} for name in MEASURES},
    separations=(Separation("hors sujet", 60, 0.987, 0.02, 0.05),),
    variations=(Variation("sans accents", {name: {"q1": 0.5, "q2": 0.0} for name in MEASURES}),),
)
WORSE = Record("abc", {"MRR": {"q1": 0.5, "q2": -0.5}})


def test_intervals_are_written_as_in_french() -> None:
    assert spanned(Interval(0.5, 0.4, 0.6)) == "0,500 [0,400 ; 0,600]"
    assert signed(Interval(-0.01, -0.03, 0.01)) == "−0,010 [−0,030 ; +0,010]"
    assert signed(Interval(-0.0, -0.0001, 0.0)) == "+0,000 [+0,000 ; +0,000]"


def test_the_terminal_shows_sizes_measures_separations_losses_and_failures() -> None:
    shown = list(lines(EVALUATION, None))
    assert shown[0] == "jeu — 2 questions, 5 documents, 12 passages, modèle modèle"
    assert shown[1] == "  nDCG@10    0,500 [0,000 ; 1,000]"
    assert shown[6] == (
        "  Répondable ou non, hors sujet (60) : AUC 0,987 ; 2 % de répondables écartées, 5 % d'autres admises"
    )
    assert shown[7].startswith("  sans accents (2) : Recall@5 −0,250 [")
    assert shown[8] == "  En échec (aucun bon document parmi les 3 premiers) : 1"


def test_the_terminal_shows_what_was_gained_since() -> None:
    assert "  MRR        0,500 [0,000 ; 1,000]   écart +0,500 [+0,500 ; +0,500]" in lines(EVALUATION, WORSE)


def test_the_page_names_what_was_wanted_at_which_rank_and_what_was_found() -> None:
    html = page([EVALUATION], {}, b"", "23/11/2026")
    assert "Attendu, au rang 5 : Les &lt;freins&gt; <small>b</small>" in html
    assert "Trouvé : La charte <small>a</small> ; Autre <small>c</small> ; Encore <small>d</small>" in html


def test_the_page_says_when_a_source_was_not_found_at_all() -> None:
    lost = replace(EVALUATION, outcomes=(EVALUATION.outcomes[0], Outcome(MISSED, (), 0.0)))
    assert "Attendu, introuvable : Les &lt;freins&gt; <small>b</small><br>Trouvé : rien" in page([lost], {}, b"", "")


def test_a_question_is_shown_as_text_and_never_as_html() -> None:
    html = page([EVALUATION], {}, b"", "23/11/2026")
    assert "&lt;b&gt;Un frein ?&lt;/b&gt;" in html
    assert MISSED.text not in html


def test_the_page_asks_for_nothing_elsewhere() -> None:
    html = page([EVALUATION], {"jeu": WORSE}, b"picture", "23/11/2026")
    assert 'src="data:image/png;base64,cGljdHVyZQ=="' in html
    assert "http" not in html


@pytest.mark.parametrize(
    ("before", "word"),
    [({"q1": 0.5, "q2": -0.5}, "mieux"), ({"q1": 2.0, "q2": 1.0}, "moins bien"), ({"q1": 0.5, "q2": 0.5}, "pas net")],
)
def test_the_page_says_whether_a_difference_is_clear(before: dict[str, float], word: str) -> None:
    assert f"({word})" in page([EVALUATION], {"jeu": Record("abc", {"MRR": before})}, b"", "")


def test_the_page_warns_of_questions_that_have_changed() -> None:
    warning = "Les questions ont changé"
    assert warning not in page([EVALUATION], {"jeu": WORSE}, b"", "")
    assert warning in page([EVALUATION], {"jeu": replace(WORSE, digest="autre")}, b"", "")


def test_a_set_without_failures_says_so() -> None:
    perfect = replace(EVALUATION, values={name: {"q1": 1.0, "q2": 1.0} for name in MEASURES})
    assert "Aucune question en échec" in page([perfect], {}, b"", "")
