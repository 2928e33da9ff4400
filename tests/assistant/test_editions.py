"""Two editions of one text, in a base of others: today's is cited, and the one before where the past is asked for."""

from collections.abc import Iterator
from datetime import date

import pytest

from assistant import Assistant
from knowledge import KnowledgeBase, Source

from ..fakes import FAKE_MODEL, HashedEmbeddings

TODAY = date(2026, 11, 23)
# What is regulated, the sentence, the value until 2023, the value since 2024.
EDITIONS = (
    ("seuil", "achats", "Le seuil du schéma des achats responsables est de {} millions d'euros par an.", "100", "50"),
    ("montant", "aide", "Le montant de l'aide aux épiceries solidaires est de {} euros par mois.", "300", "450"),
    ("plafond", "subvention", "Le plafond de la subvention sans convention est de {} euros par an.", "23000", "30000"),
    ("taux", "cotisation", "Le taux de la cotisation au réseau des tiers-lieux est de {} % du budget.", "2", "3"),
    ("délai", "paiement", "Le délai de paiement des coopératives est de {} jours après la facture.", "45", "30"),
    ("durée", "mandat", "La durée du mandat au conseil de quartier est de {} ans pour un habitant.", "3", "6"),
    ("nombre", "sièges", "Le nombre de sièges au comité de pilotage local est de {} sièges en tout.", "12", "18"),
    ("barème", "loyer", "Le barème du loyer de la halle alimentaire est de {} euros par jour.", "15", "25"),
)


@pytest.fixture(scope="module")
def assistant(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Assistant]:
    base = KnowledgeBase.create(tmp_path_factory.mktemp("editions"), FAKE_MODEL, HashedEmbeddings())
    sources = []
    for n, (kind, thing, sentence, before, after) in enumerate(EDITIONS):
        old, new = sentence.format(before), sentence.format(after)
        title = f"{kind.capitalize()} : {thing}"
        # Its title and its end speak for the old one.
        sources.append(Source(f"a/{n}.md", title, f"{old} {title}.", date="2020-01-01", valid_until="2023-12-31"))
        sources.append(Source(f"z/{n}.md", f"{title}, 2024", new, date="2024-01-01", valid_from="2024-01-01"))
    sources.append(Source("docs/jardin.md", "Le jardin", "Un jardin partagé réunit les habitants du quartier."))
    base.publish(sources)
    yield Assistant(base.retriever(today=lambda: TODAY), today=lambda: TODAY)
    base.close()


def cited(assistant: Assistant, question: str, history: tuple[str, ...] = ()) -> tuple[set[str], str]:
    answer = assistant.answer(question, history)
    return {citation.passage.source for citation in answer.citations}, " ".join(answer.notes)


@pytest.mark.parametrize("n", range(len(EDITIONS)))
def test_today_s_edition_is_cited_and_the_one_before_where_the_past_is_asked_for(assistant: Assistant, n: int) -> None:
    kind, _, sentence, *_ = EDITIONS[n]
    subject = sentence.partition(" est ")[0]
    now = f"Quel est {subject[0].lower()}{subject[1:]} ?"
    sources, notes = cited(assistant, now)
    assert f"z/{n}.md" in sources
    assert f"a/{n}.md" not in sources
    assert "valait jusqu'" not in notes
    old_ways = [now.replace("est ", "était "), now.replace(" ?", " en 2020 ?"), now.replace(" ?", " avant 2024 ?")]
    for question in old_ways:
        sources, notes = cited(assistant, question)
        assert f"a/{n}.md" in sources
        assert f"z/{n}.md" not in sources
        assert "valait jusqu'au 31 décembre 2023" in notes
    sources, notes = cited(assistant, "et avant ?", (now,))
    assert f"a/{n}.md" in sources
    assert kind
