from pathlib import Path

import pytest

from knowledge import KnowledgeBase, Source
from knowledge.embedding import sentence_model

from ..fakes import FAKE_MODEL, FailingEmbeddings, HashedEmbeddings

FREINS = Source("freins.md", "Les freins", "Le temps manque souvent.\n\nLes outils coûtent cher.")
LEVIERS = Source("leviers.md", "Les leviers", "La confiance se gagne. La charte engage chacun.")


def opened(folder: Path, embeddings: HashedEmbeddings | None = None) -> KnowledgeBase:
    return KnowledgeBase.create(folder, FAKE_MODEL, embeddings or HashedEmbeddings())


def kept(base: KnowledgeBase) -> set[str]:
    return base.library.embedded(sentence_model(FAKE_MODEL))


def test_the_sentences_that_are_shown_get_their_vectors(tmp_path: Path) -> None:
    base = opened(tmp_path)
    base.publish([FREINS, LEVIERS])
    assert kept(base) == set()
    told: list[tuple[int, int]] = []
    base.refine(lambda done, total: told.append((done, total)))
    assert kept(base) == base.library.live_digests()
    assert told[-1] == (2, 2)


def test_each_sentence_is_compared_with_the_question_on_its_own(tmp_path: Path) -> None:
    base = opened(tmp_path)
    base.publish([FREINS, LEVIERS])
    edition = base.retriever().edition()
    read = [hit.passage for hit in edition.search("la charte engage").hits]
    assert edition.likeness("la charte engage", read) == {}
    base.refine()
    likeness = edition.likeness("la charte engage", read)
    assert likeness.keys() == {
        "Le temps manque souvent.",
        "Les outils coûtent cher.",
        "La confiance se gagne.",
        "La charte engage chacun.",
    }
    assert max(likeness, key=lambda text: likeness[text]) == "La charte engage chacun."
    assert all(-1 <= cosine <= 1.001 for cosine in likeness.values())


def test_only_new_sentences_are_embedded_and_old_ones_are_dropped(tmp_path: Path) -> None:
    embeddings = HashedEmbeddings()
    base = opened(tmp_path, embeddings)
    base.publish([FREINS, LEVIERS])
    base.refine()
    embeddings.embedded.clear()
    base.refine()
    assert embeddings.embedded == []
    for text in ("Un.", "Deux.", "Trois.", "Quatre.", "Cinq."):
        base.publish([Source("freins.md", "Les freins", f"{text} Le temps manque.")])
        base.refine()
    made = [text for text in embeddings.embedded if text.startswith("Les freins\nLe temps")]
    assert len(made) == 5
    assert not [text for text in embeddings.embedded if "confiance" in text]
    history = base.library.history.digests()
    assert kept(base) <= base.library.live_digests() | history


def test_one_that_was_stopped_is_taken_up_where_it_was(tmp_path: Path) -> None:
    sources = [Source(f"{n}.md", f"Fiche {n}", f"La règle {n} vaut pour tous.") for n in range(40)]
    opened(tmp_path).publish(sources)
    stopped = opened(tmp_path, FailingEmbeddings(20))
    with pytest.raises(RuntimeError):
        stopped.refine()
    done = len(kept(stopped))
    assert 0 < done < 40
    embeddings = HashedEmbeddings()
    base = opened(tmp_path, embeddings)
    base.refine()
    assert len(embeddings.embedded) == 40 - done
    assert kept(base) == base.library.live_digests()


def test_a_passage_without_sentences_is_not_tried_again(tmp_path: Path) -> None:
    embeddings = HashedEmbeddings()
    base = opened(tmp_path, embeddings)
    base.publish([Source("vide.md", "Une page blanche", "")])
    base.refine()
    base.refine()
    assert not [text for text in embeddings.embedded if "blanche" in text and "\n" in text]


def test_vectors_that_no_longer_fit_their_passage_say_nothing(tmp_path: Path) -> None:
    base = opened(tmp_path)
    base.publish([LEVIERS])
    base.refine()
    (key,) = base.library.live_digests()
    name = sentence_model(FAKE_MODEL)
    vector = base.library.vectors(name, [key])[key]
    base.library.keep_vectors(name, {key: vector[: HashedEmbeddings.size]})
    edition = base.retriever().edition()
    read = [hit.passage for hit in edition.search("la charte").hits]
    assert edition.likeness("la charte", read) == {}
