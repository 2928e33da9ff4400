"""Façade: the vectors that a revision needs besides its passages': those of sentences, made once it is shown."""

from .embedding import CachedEmbeddings, sentence_model, title_model
from .keeping import Progress
from .library import Contents, Library
from .settings import outside_questions
from .sources import digest, slice_source

# The library's fact that names the last revision whose sentences all have their vectors, and those vectors.
_REFINED = "refined"
# Passages whose sentences are embedded together.
_BATCH = 16


def refine(library: Library, embeddings: CachedEmbeddings, model: str, progress: Progress | None = None) -> None:
    """
    Embed the sentences that are shown and have no vector yet. What is published is found and answered without, and
    better answered with: it may be stopped anywhere, and goes on beside whoever reads or writes the base.
    """
    name = sentence_model(model)
    if library.fact(_REFINED) == f"{library.revision} {name}":
        return
    contents, made = library.contents(), library.embedded(name)
    ranges = {key: (id, start, stop) for id, start, stop, key in contents.ranges if key not in made}
    lacking = [slice_source(contents.sources[id], start, stop) for id, start, stop in ranges.values()]
    for at in range(0, len(lacking), _BATCH):
        embeddings.embed_sentences(lacking[at : at + _BATCH])
        if progress:
            progress(min(at + _BATCH, len(lacking)), len(lacking))
    library.remember(_REFINED, f"{contents.revision} {name}")


def drop_unused(library: Library, model: str, contents: Contents) -> None:
    """Only once a run has come to its end: one that was stopped is taken up with the vectors that it has made."""
    shown = {key for *_, key in contents.ranges} | library.history.digests()
    for one in (model, sentence_model(model)):
        library.drop_vectors(one, shown)
    titles = library.history.titles().union(*((source.title, *source.aliases) for source in contents.sources.values()))
    library.drop_vectors(title_model(model), set(map(digest, (*outside_questions(), *titles))))
