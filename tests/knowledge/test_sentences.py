from knowledge.sentences import beneath, sentences, titled
from knowledge.sources import Section, Source, slice_source
from knowledge.splitting import split

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


def test_a_slice_lies_on_every_passage_that_it_touches_and_on_no_other() -> None:
    sources = [Source(name, "", "".join(f"Phrase {n} du texte. " for n in range(40))) for name in "abc"]
    passages = [passage for source in sources for passage in split(source, 100)]
    for source in sources:
        for start in range(0, len(source.text) - 50, 37):
            wide = slice_source(source, start, start + 50)
            found = beneath(passages, [wide])
            assert found == [p for p in passages if p.source == source.id and p.start < wide.end and p.end > start]


def test_what_several_slices_touch_comes_once() -> None:
    source = Source("a", "", "Une phrase. " * 40)
    passages = split(source, 100)
    whole = slice_source(source, 0, len(source.text))
    assert beneath(passages, [whole, slice_source(source, 10, 20)]) == passages
    assert beneath(passages, [slice_source(Source("b", "", "Autre."), 0, 6)]) == []
