from knowledge.sentences import sentences, titled
from knowledge.sources import Section, Source, slice_source

TEXT = "Les freins\n\nLe temps manque. L'argent aussi.\n\n- Un cadre clair.\n- Une confiance."
SOURCE = Source("freins.md", "Les freins du jardin", TEXT, sections=(Section(0, "Les freins", 1),))


def test_headings_are_not_sentences_and_items_are() -> None:
    passage = slice_source(SOURCE, 0, len(TEXT))
    assert sentences(passage) == ["Le temps manque.", "L'argent aussi.", "Un cadre clair.", "Une confiance."]


def test_each_is_embedded_under_its_title() -> None:
    passage = slice_source(SOURCE, 0, len(TEXT))
    assert titled(passage)[0] == "Les freins du jardin\nLe temps manque."
    untitled = slice_source(Source("a", "", "Seule."), 0, 6)
    assert titled(untitled) == ["Seule."]
