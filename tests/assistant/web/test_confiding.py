import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from assistant import Assistant
from assistant.journal import JournalBook
from assistant.rendering import Turn
from assistant.settings import AssistantSettings
from assistant.web.opinions import OpinionBook
from assistant.web.records import Records
from assistant.web.serving import build_app

from ..conftest import Watched, served
from .test_page import DESKTOP, FREIN, PHONE, SCHEMES, SIZES, ask, expect, spaced

Visit = Callable[..., Any]


@pytest.fixture
def client(site: str) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=site, timeout=20) as client:
        yield client


@pytest.fixture
def records(assistant: Assistant, kept: Path) -> Records:
    """Those of the site, which keeps nothing but files."""
    return Records(assistant, JournalBook(kept / "journal.sqlite", 30), OpinionBook(kept / "assistant.sqlite"))


def words(html: str) -> str:
    return spaced(re.sub(r"<[^>]+>", "", html)).replace("&#39;", "'")


def test_the_page_tells_what_is_set(assistant: Assistant, tmp_path: Path) -> None:
    settings = AssistantSettings(
        retention_days=45, operator="La Ville de <b>", privacy_contact="dpo@exemple.fr", chat_model="openai:mistral"
    )
    journal = JournalBook(tmp_path / "journal.sqlite", 45)
    with served(build_app(assistant, settings, journal=journal)) as address:
        said = httpx.get(f"{address}/confidentialite").text
    assert "45 jours, sur le serveur, puis effacées d'elles-mêmes" in words(said)
    assert "Responsable du traitement : La Ville de &lt;b&gt;" in said
    assert '<a href="mailto:dpo@exemple.fr">' in said
    assert "(openai:mistral)" in said
    assert "ne quitte le serveur" not in said
    assert "En mémoire, sans être écrite : le temps de la page ouverte, deux heures dans le widget" in words(said)


def test_where_nothing_is_written_it_says_so_and_asks_for_no_code(assistant: Assistant) -> None:
    with served(build_app(assistant, AssistantSettings(retention_days=0))) as address:
        said = httpx.get(f"{address}/confidentialite").text
        session = httpx.post(f"{address}/api/session", headers={"origin": address}).json()["token"]
        bearer = {"authorization": f"Bearer {session}", "origin": address}
        told = httpx.post(f"{address}/api/ask", json={"question": FREIN}, headers=bearer, timeout=20).text
    assert "Rien n'est écrit sur le serveur." in words(said)
    assert "<form" not in said
    assert '"link":"","code":""' in told.replace(" ", "")


@pytest.mark.parametrize(
    ("form", "status", "said"),
    [
        ({"code": "7Q2M-K9XD-4PFA", "action": "erase"}, 404, "Rien n'est gardé sous ce code"),
        ({"code": "7Q2M-K9XD-4PFA", "action": "export"}, 404, "Rien n'est gardé sous ce code"),
        ({"code": "<script>", "action": "erase"}, 422, "Ce code n'en est pas un"),
        ({}, 422, "Ce code n'en est pas un"),
    ],
)
def test_a_code_that_opens_nothing_is_told_and_given_back_as_text(
    client: httpx.Client, form: dict[str, str], status: int, said: str
) -> None:
    found = client.post("/confidentialite", data=form)
    assert found.status_code == status
    assert said in words(found.text)
    assert "<script>" not in found.text


def test_the_page_runs_nothing_sends_its_form_here_and_is_kept_by_nobody(client: httpx.Client) -> None:
    found = client.get("/confidentialite")
    policy = found.headers["content-security-policy"]
    assert "script-src" not in policy
    assert "default-src 'none'" in policy
    assert "form-action 'self'" in policy
    assert found.headers["cache-control"] == "no-store"
    assert "set-cookie" not in found.headers
    assert client.get("/confidentialite.css").headers["content-type"].startswith("text/css")


def test_codes_cannot_be_tried_without_end(assistant: Assistant, tmp_path: Path) -> None:
    settings = AssistantSettings(questions_per_minute=3)
    journal = JournalBook(tmp_path / "journal.sqlite", 45)
    with served(build_app(assistant, settings, clock=lambda: 1e9, journal=journal)) as address:
        codes = [httpx.post(f"{address}/confidentialite", data={"code": "x"}).status_code for _ in range(5)]
    assert codes == [422, 422, 422, 429, 429]


# --- In a browser


@SIZES
@SCHEMES
def test_axe_finds_nothing(visit: Visit, watched: Watched, size: dict[str, Any], scheme: str) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe n'est pas installé").Axe()
    page = visit("/confidentialite", color_scheme=scheme, **size)
    assert [rule["id"] for rule in axe.run(page).response["violations"]] == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.get_by_role("textbox", name="Code de la conversation").fill("rien")
    page.get_by_role("button", name="Effacer définitivement").click()
    expect(page.get_by_role("status")).to_contain_text("Ce code n'en est pas un")
    assert [rule["id"] for rule in axe.run(page).response["violations"]] == []
    # The browser says so too.
    assert [fault for fault in watched.faults if "422" not in fault] == []
    watched.faults.clear()


def test_the_code_that_the_page_shows_erases_what_was_said_there(visit: Visit, records: Records) -> None:
    page = visit(**DESKTOP)
    ask(page, FREIN)
    code = page.locator("#exports code").inner_text()
    assert [entry.record["answer"]["question"] for entry in records.keeping.journal.of(code)] == [FREIN]  # type: ignore[union-attr]
    with page.context.expect_page() as opened:
        page.get_by_role("link", name="voyez ou effacez").click()
    form = opened.value
    box = form.get_by_role("textbox", name="Code de la conversation")
    box.fill(code)
    with form.expect_download() as told:
        form.get_by_role("button", name="Recevoir ce qui est gardé").click()
    assert told.value.suggested_filename == f"conversation-{code}.json"
    form.get_by_role("button", name="Effacer définitivement").click()
    expect(form.get_by_role("status")).to_contain_text("C'est effacé : une réponse ou un avis.")
    assert records.keeping.export(code) is None
    # The page that is still open goes on under another code, and takes away nothing of before.
    ask(page, "Et le second ?")
    expect(page.locator("#exports code")).not_to_have_text(code)


def test_the_page_without_a_script_says_where_privacy_is_told(visit: Visit) -> None:
    page = visit(**PHONE)
    expect(page.get_by_role("link", name="confidentialité")).to_have_attribute("href", re.compile("confidentialite$"))


def test_what_was_erased_cannot_be_taken_away_any_more(assistant: Assistant, tmp_path: Path) -> None:
    records = Records(assistant, JournalBook(tmp_path / "journal.sqlite", 30))
    code = records.conversation("a secret")
    assert code == records.conversation("a secret")
    turn = records.filed(Turn(FREIN, assistant.answer(FREIN)), code)
    key = records.hold((turn,))
    # By another process: nothing tells this one but the file.
    JournalBook(tmp_path / "journal.sqlite", 30).forget(code)
    assert records.held(key) == ()
    assert records.hold((turn,)) == ""
    assert records.conversation("a secret") not in ("", code)
    assert records.filed(turn, code).is_kept
    assert records.keeping.export(code) is None
