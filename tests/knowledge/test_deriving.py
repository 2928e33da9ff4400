"""What is searched by, made anew or from what was there before: bit for bit the same."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from knowledge import Source
from knowledge.deriving import Derived, derive, keys_of, nothing
from knowledge.splitting import split
from knowledge.surrounding import Surroundings

from ..fakes import HashedEmbeddings
from ..strategies import blocks, sources


def ranges_of(sources: dict[str, Source], size: int) -> list[tuple[str, int, int, str]]:
    return [(p.source, p.start, p.end, p.digest) for source in sources.values() for p in split(source, size)]


def derived(
    sources: dict[str, Source], before: Derived | None = None, model: str = "factice", size: int = 100
) -> tuple[Derived, list[str], list[str]]:
    """And the titles and the texts that were embedded for it."""
    ranges = ranges_of(sources, size)
    keys = keys_of({id: source.digest for id, source in sources.items()}, ranges)
    made, titles, texts = HashedEmbeddings(), [], []

    def embed_titles(some: list[str]) -> list[list[float]]:
        titles.extend(some)
        return [made.embed_query(f"{model} {one}") for one in some]

    def embed_texts(some: list[str]) -> list[list[float]]:
        texts.extend(some)
        return [made.embed_query(f"{model} {one}") for one in some]

    whole = derive(sources, ranges, keys, model, embed_titles, embed_texts, before or nothing(model))
    return whole, titles, texts


def assert_same(one: Derived, other: Derived) -> None:
    assert (one.model, one.readings, one.acronyms) == (other.model, other.readings, other.acronyms)
    for left, right in ((one.bodies, other.bodies), (one.titles, other.titles)):
        assert left.wording.words == right.wording.words
        assert left.wording.stems == right.wording.stems
        for name in ("data", "indices", "indptr"):
            np.testing.assert_array_equal(getattr(left.matrix, name), getattr(right.matrix, name))
        np.testing.assert_array_equal(left.wording.tokens, right.wording.tokens)
    for name in Surroundings.__slots__:
        np.testing.assert_array_equal(getattr(one.surroundings, name), getattr(other.surroundings, name), strict=True)


bases = st.lists(sources(st.lists(blocks, max_size=6).map("\n\n".join)), max_size=4).map(
    lambda some: {source.id: source for source in sorted(some, key=lambda source: source.id)}
)


@settings(max_examples=60)
@given(bases, bases, st.sampled_from([60, 100]), st.sampled_from(["factice", "autre"]))
def test_any_base_made_from_any_other_is_the_same_as_made_anew(
    before: dict[str, Source], after: dict[str, Source], size: int, model: str
) -> None:
    former, *_ = derived(before, size=size, model=model)
    assert_same(derived(before | after, former)[0], derived(before | after)[0])


def test_only_what_is_new_is_embedded() -> None:
    text = "La charte se signe. " * 20
    one, other = Source("docs/a.md", "Un", text), Source("docs/b.md", "Deux", text, aliases=("Un", "Two"))
    former, titles, texts = derived({one.id: one})
    assert (titles, len(texts)) == (["Un"], 1)
    _, titles, texts = derived({one.id: one, other.id: other}, former)
    assert titles == ["Deux", "Two"]
    assert [made.split("\n")[0] for made in texts] == ["Deux"]


def test_the_vectors_of_another_model_are_not_kept() -> None:
    one = Source("docs/a.md", "Un", "La charte se signe.")
    former, *_ = derived({one.id: one})
    assert derived({one.id: one}, former, model="autre")[1] == ["Un"]


def test_a_source_split_otherwise_has_another_key() -> None:
    one = Source("docs/a.md", "Un", "La charte se signe. " * 20)
    keys = [keys_of({one.id: one.digest}, ranges_of({one.id: one}, size)) for size in (60, 100)]
    assert keys[0] != keys[1]
