import pytest

from assistant.inquiring import inquire
from assistant.shaping import has_shape


@pytest.mark.parametrize(
    ("question", "answer", "other"),
    [
        ("Combien de collectivités adhèrent ?", "Plus de 180 collectivités adhèrent.", "En 2016, elles adhèrent."),
        ("combien de salaries ?", "Elle compte 12 salariés.", "Ses salariés sont là depuis 2012."),
        ("Quel est le budget ?", "Il est de 1,1 million d'euros.", "Il est voté en 2016."),
        ("Combien coûte une maison ?", "Elle coûte 300 000 €.", "Elle a 300 pièces."),
        ("Quel pourcentage de maires ?", "87 % des maires y croient.", "Ils sont 87."),
        ("Quand faut-il une convention ?", "Elle est due au-delà de 23 000 €.", "Il en faut une."),
        ("Quand doit-on la signer ?", "On la signe en cas de subvention.", "On la signe à deux."),
        ("Quand est-elle obligatoire ?", "Elle l'est depuis 2014.", "Elle l'est pour tous."),
        ("Quelle part de femmes ?", "40 % des femmes y siègent.", "91 % des élus interrogés y croient."),
        ("Quand a-t-elle été votée ?", "Elle date de 2014.", "Elle a 14 articles."),
        ("Qui préside le RTES ?", "Elle est présidée par Patricia Andriot.", "Le RTES est présidé."),
        ("Qui est le maire de Nantes ?", "C'est Johanna Rolland, à Nantes.", "Elle vit à Nantes."),
        (
            "Où a été signée la charte ?",
            "Elle a été signée à Nancy.",
            "L'Association des régions de France l'a signée.",
        ),
        ("Dans quelle ville a-t-elle été signée ?", "Elle a été signée à Nancy.", "Elle a été signée en public."),
    ],
)
def test_an_answer_looks_like_one(question: str, answer: str, other: str) -> None:
    inquiry = inquire(question)
    assert has_shape(answer, inquiry)
    assert not has_shape(other, inquiry)


def test_a_question_for_nothing_in_particular_has_no_shape() -> None:
    assert has_shape("La charte engage la commune.", inquire("Parlez-moi de la charte")) is None
