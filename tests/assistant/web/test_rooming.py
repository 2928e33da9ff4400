"""The editors' room where the assistant serves it, and as editors see it in a browser."""

import re
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from assistant import Assistant
from assistant.errors import BadSetting
from assistant.settings import AssistantSettings
from assistant.web.rooming import open_room
from assistant.web.serving import build_app
from ingest.room.signing import hash_of
from knowledge import KnowledgeBase

from ...ingest.room.openid import CLIENT, EMAIL, SECRET, FakeProvider
from ..conftest import Watched, served

PASSWORD = "quatre mots au hasard"
HASH = hash_of(PASSWORD)
GUIDE = """# Le guide des jardiniers

Le règlement des jardiniers interdit les pesticides dans tous les jardins partagés de la commune.
"""
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
SIZES = pytest.mark.parametrize("size", [{}, PHONE], ids=["desktop", "phone"])
SCHEMES = pytest.mark.parametrize("scheme", ["light", "dark"])
# A run is a process that starts, on a machine that does other things too.
ENDS_WITHIN = 120_000


def settings(**given: Any) -> AssistantSettings:
    return AssistantSettings(editors_password_hash=HASH, **given)


@pytest.fixture
def room_base(bundled_base: Path) -> Path:
    """With no control question."""
    (bundled_base / "redaction").mkdir()
    (bundled_base / "redaction" / "questions.jsonl").write_text("")
    return bundled_base


@pytest.fixture
def room(room_base: Path) -> Iterator[str]:
    base = KnowledgeBase.open(room_base)
    retriever = base.retriever()
    retriever.watch()
    with served(build_app(Assistant(retriever), settings(), room=open_room(room_base, settings()))) as address:
        yield address
    base.close()


# --- Open or not


def test_the_room_is_closed_and_says_how_to_open_it_until_a_password_is_set(assistant: Assistant) -> None:
    assert open_room(Path("nulle-part"), AssistantSettings()) is None
    with served(build_app(assistant)) as address:
        for path in ("/redaction", "/redaction/", "/redaction/sources"):
            response = httpx.get(address + path)
            assert response.status_code == 404
            assert "python -m ingest.room password" in response.text


def test_the_password_may_be_kept_in_a_file(room_base: Path, tmp_path: Path) -> None:
    (tmp_path / "empreinte").write_text(f"{HASH}\n")
    assert open_room(room_base, AssistantSettings(editors_password_file=tmp_path / "empreinte"))


@pytest.mark.parametrize(
    "given",
    [
        {"editors_password_hash": PASSWORD},
        {"editors_password_hash": "$argon2id$x"},
        {"editors_password_file": "/rien/ici"},
        {"editors_password_hash": HASH, "editors_room": "rien.ici"},
    ],
)
def test_a_room_that_cannot_be_opened_is_told_without_the_password(room_base: Path, given: dict[str, Any]) -> None:
    with pytest.raises(BadSetting) as told:
        open_room(room_base, AssistantSettings(**given))
    assert PASSWORD not in str(told.value)


def test_behind_a_proxy_the_room_keeps_to_its_path_and_to_https(room_base: Path, assistant: Assistant) -> None:
    behind = settings(root_path="/assistant", trusted_proxies=("127.0.0.1",))
    with served(build_app(assistant, behind, room=open_room(room_base, behind))) as address:
        headers = {"x-forwarded-proto": "https", "x-forwarded-host": "aide.example", "x-forwarded-for": "192.0.2.1"}
        with httpx.Client(base_url=f"{address}/assistant/redaction", headers=headers, timeout=30) as client:
            assert client.get("/").headers["location"] == "/assistant/redaction/connexion"
            signed = client.post("/connexion", data={"password": PASSWORD})
            assert signed.headers["location"] == "/assistant/redaction/"
            assert "Path=/assistant/redaction" in signed.headers["set-cookie"]
            assert "Secure" in signed.headers["set-cookie"]


def by(provider: FakeProvider, **given: Any) -> AssistantSettings:
    """With that provider alone."""
    return AssistantSettings(
        editors_oidc_issuer=provider.issuer,
        editors_oidc_client_id=CLIENT,
        editors_oidc_client_secret=SECRET,
        editors_oidc_allowed="ville.fr",
        **given,
    )


@pytest.fixture
def provider() -> Iterator[FakeProvider]:
    made = FakeProvider(time.time)
    with served(made.app()) as made.issuer:
        yield made


def test_behind_a_proxy_a_provider_is_told_to_send_back_to_the_address_of_the_proxy(
    room_base: Path, assistant: Assistant, provider: FakeProvider
) -> None:
    behind = by(provider, root_path="/assistant", trusted_proxies=("127.0.0.1",))
    headers = {"x-forwarded-proto": "https", "x-forwarded-host": "aide.example", "x-forwarded-for": "192.0.2.1"}
    with served(build_app(assistant, behind, room=open_room(room_base, behind))) as address:
        left = httpx.get(f"{address}/assistant/redaction/oidc", headers=headers, timeout=30)
        back = parse_qs(urlsplit(left.headers["location"]).query)["redirect_uri"]
        assert back == ["https://aide.example/assistant/redaction/oidc/retour"]
        assert "Path=/assistant/redaction;" in left.headers["set-cookie"]
        assert "Secure" in left.headers["set-cookie"]


# --- In a browser


def sign_in(page: Any) -> None:
    page.get_by_label("Mot de passe").fill(PASSWORD)
    page.get_by_role("button", name="Se connecter").click()
    page.get_by_role("heading", name="Déposer des documents").wait_for()


def check_accessible(page: Any) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe n'est pas installé").Axe()
    found = axe.run(page).response["violations"]
    assert [(one["id"], [node["html"] for node in one["nodes"]]) for one in found] == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.browser
@SCHEMES
@SIZES
def test_every_page_is_accessible_and_fits(
    watched: Watched, room: str, size: dict[str, Any], scheme: str, tmp_path: Path
) -> None:
    page = watched.open(f"{room}/redaction/", ready=False, color_scheme=scheme, **size)
    page.get_by_label("Mot de passe").wait_for()
    check_accessible(page)
    sign_in(page)
    for name in ("Déposer", "Sources", "Historique", "Questions de contrôle"):
        page.get_by_role("link", name=name, exact=True).click()
        page.get_by_role("heading", level=1).wait_for()
        for details in page.locator("details").all():
            details.evaluate("one => one.open = true")
        check_accessible(page)
    page.screenshot(path=str(tmp_path / "page.png"), full_page=True)


@pytest.mark.browser
def test_an_editor_comes_in_by_a_provider_of_another_site_and_leaves_it(
    browser: Any, room_base: Path, assistant: Assistant, provider: FakeProvider, tmp_path: Path
) -> None:
    known = by(provider, editors_password_hash=HASH)
    with served(build_app(assistant, known, room=open_room(room_base, known))) as address:
        # To a browser, another site than that of the provider.
        address = address.replace("127.0.0.1", "localhost")
        page = browser.new_page()
        page.goto(f"{address}/redaction/")
        check_accessible(page)
        page.screenshot(path=str(tmp_path / "connexion.png"), full_page=True)
        page.get_by_role("link", name="Se connecter avec mon compte professionnel").click()
        page.get_by_role("heading", name="Déposer des documents").wait_for()
        assert page.get_by_text(f"Jeanne Dupont ({EMAIL})").is_visible()
        check_accessible(page)
        page.screenshot(path=str(tmp_path / "salle.png"), full_page=True)
        page.get_by_role("button", name="Se déconnecter").click()
        page.get_by_role("heading", name="Connexion").wait_for()
        assert "state=" in page.url
        page.goto(f"{address}/redaction/sources")
        page.get_by_role("heading", name="Connexion").wait_for()
        page.close()


@pytest.mark.browser
@pytest.mark.parametrize("size", [{}, PHONE], ids=["desktop", "phone"])
def test_an_editor_drops_a_file_publishes_it_and_the_assistant_answers_from_it(
    watched: Watched, room: str, size: dict[str, Any], tmp_path: Path
) -> None:
    page = watched.open(f"{room}/redaction/", ready=False, **size)
    sign_in(page)
    transfer = page.evaluate_handle(
        "text => { const held = new DataTransfer(); held.items.add(new File([text], 'guide.md')); return held; }", GUIDE
    )
    page.locator(".drop").dispatch_event("drop", {"dataTransfer": transfer})
    page.get_by_role("button", name="Lire ces fichiers").click()
    page.get_by_role("heading", name="Ce qui changerait").wait_for(timeout=ENDS_WITHIN)
    page.get_by_text("Le texte tel qu'il a été lu").click()
    assert "interdit les pesticides" in page.get_by_role("region", name="Texte de").inner_text()
    check_accessible(page)
    page.screenshot(path=str(tmp_path / "changes.png"), full_page=True)
    page.get_by_label("Éditeur").fill("Ville de Nantes")
    page.get_by_role("button", name="Publier ce qui est coché").click()
    page.locator("#progress").wait_for()
    # The page may be shut meanwhile.
    shut, page = page, page.context.new_page()
    page.goto(shut.url)
    shut.close()
    page.get_by_text(re.compile("Publié")).wait_for(timeout=ENDS_WITHIN)
    check_accessible(page)
    page.screenshot(path=str(tmp_path / "published.png"), full_page=True)
    found = page.request.post(f"{room}/api/session", headers={"origin": room})
    headers = {"authorization": f"Bearer {found.json()['token']}", "origin": room}
    asked = {"question": "Que dit le règlement des jardiniers sur les pesticides ?"}
    answer = page.request.post(f"{room}/api/ask", headers=headers, data=asked)
    assert "depots/guide.md" in answer.text()
    assert "Ville de Nantes" in answer.text()


@pytest.mark.browser
def test_the_room_works_without_scripts(browser: Any, room: str, tmp_path: Path) -> None:
    (tmp_path / "guide.md").write_text(GUIDE, encoding="utf-8")
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{room}/redaction/")
    sign_in(page)
    page.get_by_label(re.compile("Fichiers")).set_input_files(tmp_path / "guide.md")
    page.get_by_role("button", name="Lire ces fichiers").click()
    page.get_by_role("heading", name="Ce qui changerait").wait_for(timeout=ENDS_WITHIN)
    page.get_by_role("button", name="Publier ce qui est coché").click()
    page.get_by_text(re.compile("Publié")).wait_for(timeout=ENDS_WITHIN)
    context.close()
