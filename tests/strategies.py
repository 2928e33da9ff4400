"""What hypothesis draws: French texts with all their typography, and sources made of them."""

from hypothesis import strategies as st

from knowledge import Reference, Section, Source, Support

WORDS = (
    "la co-construction l’action d'abord œuvre où à côté élus Éléonore 23 000 2014 87 % ESS n° art. L. 2121-29 "
    "aujourd’hui c’est-à-dire financement affluent coopérative territoire SCIC M. Dupont association naïf maïs"
).split()
MARKS = ["", "", "", ",", ".", " ;", " :", " !", " ?", "…", ")", " »"]

words = st.sampled_from(WORDS)
sentences = st.lists(st.tuples(words, st.sampled_from(MARKS)), min_size=1, max_size=25).map(
    lambda pairs: " ".join(word + mark for word, mark in pairs)
)
blocks = st.one_of(
    sentences,
    st.lists(sentences, min_size=1, max_size=4).map(lambda items: "\n".join(f"- {item}" for item in items)),
    st.lists(sentences, min_size=1, max_size=4).map(lambda items: "Voici :\n\n" + "\n".join(f"{i}. x" for i in items)),
)
# Texts as ingest makes them, and texts as nobody would.
written = st.lists(blocks, min_size=1, max_size=12).map("\n\n".join)
anything = st.text(st.characters(exclude_categories=["Cs"]), max_size=400)
texts = st.one_of(written, anything, st.text("a .\n-«»!\u00a01", max_size=300))

_fields = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
_references = st.builds(Reference, _fields, _fields, _fields, _fields, _fields)


@st.composite
def sources(draw: st.DrawFn, text: st.SearchStrategy[str] = texts) -> Source:
    """A source whose pages, sections and supports stand where its text has characters."""
    body = draw(text)
    offsets = st.integers(0, max(0, len(body) - 1))
    starts = sorted(draw(st.sets(offsets, max_size=5)))
    pages = tuple(sorted({0, *draw(st.sets(offsets, max_size=3))})) if draw(st.booleans()) else ()
    spans = draw(st.lists(st.tuples(offsets, offsets), max_size=4))
    return Source(
        id=draw(st.sampled_from(["docs/a.md", "docs/été.md", "un nom/avec des espaces.txt"])),
        title=draw(_fields),
        text=body,
        url=draw(_fields),
        publisher=draw(_fields),
        date=draw(st.sampled_from(["", "2016", "2016-11-29"])),
        part=draw(_fields),
        keywords=tuple(draw(st.lists(_fields, max_size=3))),
        aliases=tuple(draw(st.lists(_fields, max_size=2))),
        pages=pages,
        sections=tuple(Section(start, draw(_fields), draw(st.integers(1, 6))) for start in starts),
        trust=draw(_fields),
        supports=tuple(Support(min(span), max(span) + 1, draw(_references)) for span in spans),
    )
