"""Coming in by a provider of OpenID Connect, from the link to the way out, and what a false one tries."""

import html
import logging
import re
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import httpx
import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from ingest.room import open_room
from ingest.room.departing import AWAY
from ingest.room.showing import in_paris
from ingest.room.signing import TRIES, WITHIN
from knowledge.library import Library

from ...assistant.conftest import served
from .conftest import Clock
from .openid import CLIENT, EMAIL, SECRET, FakeProvider, curve, rsa, signed_with_what_is_public, unsigned
from .test_application import HASH, ended, sign_in, text, token

AGREED: dict[str, Any] = {
    "client_id": CLIENT,
    "client_secret": SECRET,
    "allowed": ("ville.fr", "marc@asso.example"),
    "scopes": ("openid", "email", "given_name", "usual_name"),
    "acr": (),
    "algorithm": "RS256",
    "label": "S'identifier avec ProConnect",
    "trusts_email": False,
}


@pytest.fixture(scope="module")
def running() -> Iterator[FakeProvider]:
    made = FakeProvider(Clock())
    with served(made.app()) as made.issuer:
        yield made


@pytest.fixture
def provider(running: FakeProvider, clock: Clock) -> FakeProvider:
    running.clock = clock
    running.reset()
    return running


def opened(base: Path, provider: FakeProvider, password_hash: str = "", **agreed: Any) -> Starlette:
    given = {**AGREED, "issuer": provider.issuer, **agreed}
    return open_room(base, password_hash, "", provider.clock, base / "aucune.jsonl", given)


def visiting(room: Starlette) -> TestClient:
    return TestClient(room, base_url="https://room.example", follow_redirects=False)


@pytest.fixture
def visitor(bundled_base: Path, provider: FakeProvider) -> TestClient:
    return visiting(opened(bundled_base, provider))


def gone(client: TestClient) -> str:
    """Where the provider sends its visitor back, once they have signed in there."""
    there = client.get("/oidc")
    assert there.status_code == 303, text(there)
    back = httpx.get(there.headers["location"], follow_redirects=False).headers["location"]
    assert back.startswith("https://room.example/oidc/retour?")
    return str(back)


def come_in(client: TestClient) -> httpx.Response:
    return client.get(gone(client))


def is_in(client: TestClient) -> bool:
    return bool(client.get("/").status_code == 200)


# --- There and back


def test_a_visitor_comes_in_by_their_provider_and_is_named(visitor: TestClient) -> None:
    page = visitor.get("/connexion")
    assert "S'identifier avec ProConnect" in text(page)
    assert "Mot de passe" not in page.text
    response = come_in(visitor)
    assert (response.status_code, response.headers["location"]) == (303, "/")
    assert f"Jeanne Dupont ({EMAIL})" in text(visitor.get("/"))


def test_the_cookies_are_kept_from_scripts_and_plain_http_and_come_back_from_another_site(visitor: TestClient) -> None:
    for response, name in ((visitor.get("/oidc"), "redaction-depart"), (come_in(visitor), "redaction")):
        (said,) = (one for one in response.headers.get_list("set-cookie") if one.startswith(f"{name}="))
        assert all(word in said.lower() for word in ("httponly", "samesite=lax", "secure"))
        assert EMAIL not in said


def test_what_is_asked_of_the_provider_is_what_is_set_and_nothing_else(
    bundled_base: Path, provider: FakeProvider
) -> None:
    client = visiting(opened(bundled_base, provider, acr=("eidas2", "eidas3")))
    gone(client)
    (asked,) = provider.asked
    assert (asked["scope"], asked["acr_values"]) == ("openid email given_name usual_name", "eidas2 eidas3")
    assert set(asked) == {
        *("response_type", "client_id", "redirect_uri", "scope", "state", "nonce"),
        *("code_challenge", "code_challenge_method", "acr_values"),
    }
    assert "prompt=login" in client.get("/oidc?compte=autre").headers["location"]


def test_a_provider_such_as_proconnect_lets_in(bundled_base: Path, provider: FakeProvider) -> None:
    # The secret in the form, ES256, a signed answer, a token of a minute, no word on whether addresses are verified.
    provider.methods, provider.algorithm = ("client_secret_post",), "ES256"
    provider.key, provider.shown, provider.signs_told = curve("pc"), [rsa("un"), curve("pc")], True
    provider.told, provider.claims = {"email_verified": None}, {"acr": "eidas1"}
    client = visiting(opened(bundled_base, provider, algorithm="ES256", trusts_email=True, acr=("eidas1",)))
    assert come_in(client).status_code == 303
    assert is_in(client)


def test_a_new_key_of_the_provider_is_asked_for(visitor: TestClient, provider: FakeProvider) -> None:
    assert come_in(visitor).status_code == 303
    provider.key, provider.shown = rsa("deux"), [rsa("deux")]
    assert come_in(visitor).status_code == 303


def test_an_address_may_come_in_the_token_itself(visitor: TestClient, provider: FakeProvider) -> None:
    provider.published = {"userinfo_endpoint": None}
    provider.claims = {"email": "MARC@asso.example", "email_verified": True, "name": "Marc \u202e <b>"}
    come_in(visitor)
    page = visitor.get("/")
    assert "Marc <b> (marc@asso.example)" in html.unescape(page.text)
    assert "Marc <b>" not in page.text


# --- What a false provider, or a false visitor, tries


def refused(client: TestClient, response: httpx.Response) -> str:
    assert response.status_code == 403
    assert not is_in(client)
    assert "redaction=" not in response.headers.get("set-cookie", "")
    return text(response)


@pytest.mark.parametrize(
    "claims",
    [
        {"nonce": "0" * 64},
        {"nonce": None},
        {"aud": "une autre"},
        {"aud": [CLIENT, "une autre"]},
        {"azp": "une autre"},
        {"iss": "https://ailleurs.example"},
        {"iss": None},
        {"exp": 1_799_999_900},
        {"exp": None},
        {"iat": 1_800_000_900},
        {"sub": "43"},
        {"at_hash": "AAAA"},
    ],
    ids=str,
)
def test_a_token_that_is_not_of_this_visit_is_refused(
    visitor: TestClient, provider: FakeProvider, claims: dict[str, Any]
) -> None:
    provider.claims = claims
    assert "n'a pas confirmé cette connexion" in refused(visitor, come_in(visitor))


def test_a_token_signed_by_another_key_is_refused(visitor: TestClient, provider: FakeProvider) -> None:
    provider.key = rsa("un").__class__.generate_key(2048, {"kid": "un"})
    assert "n'a pas confirmé" in refused(visitor, come_in(visitor))


def test_a_token_signed_by_a_key_that_is_not_shown_is_refused(visitor: TestClient, provider: FakeProvider) -> None:
    provider.key = rsa("deux")
    assert "n'a pas confirmé" in refused(visitor, come_in(visitor))


@pytest.mark.parametrize("forge", [unsigned, signed_with_what_is_public, lambda _: "", lambda _: "é.à.ç"])
def test_a_token_that_is_not_signed_as_was_agreed_is_refused(
    visitor: TestClient, provider: FakeProvider, forge: Any
) -> None:
    provider.forged = forge
    assert "n'a pas confirmé" in refused(visitor, come_in(visitor))


def test_another_algorithm_than_the_one_agreed_on_is_refused(bundled_base: Path, provider: FakeProvider) -> None:
    client = visiting(opened(bundled_base, provider, algorithm="ES256"))
    refused(client, come_in(client))


@pytest.mark.parametrize("told", [{"aud": "une autre"}, {"iss": "https://ailleurs.example"}, {"sub": "43"}, {"exp": 1}])
def test_what_is_told_in_a_token_of_another_is_refused(
    visitor: TestClient, provider: FakeProvider, told: dict[str, Any]
) -> None:
    provider.signs_told, provider.told = True, told
    refused(visitor, come_in(visitor))


def test_what_is_told_and_signed_by_another_key_is_refused(visitor: TestClient, provider: FakeProvider) -> None:
    provider.signs_told = True
    provider.told_key = rsa("un").__class__.generate_key(2048, {"kid": "un"})
    refused(visitor, come_in(visitor))


@pytest.mark.parametrize("acr", [None, "eidas1"])
def test_a_lower_level_than_the_one_that_is_asked_for_is_refused(
    bundled_base: Path, provider: FakeProvider, acr: str | None
) -> None:
    provider.claims = {"acr": acr}
    client = visiting(opened(bundled_base, provider, acr=("eidas2",)))
    refused(client, come_in(client))


@pytest.mark.parametrize(
    ("told", "trusts", "said"),
    [
        ({"email_verified": False}, False, "ne garantit pas"),
        ({"email_verified": False}, True, "ne garantit pas"),
        ({"email_verified": "false"}, True, "ne garantit pas"),
        ({"email_verified": None}, False, "ne garantit pas"),
        ({"email": "jeanne@autre.example"}, False, "n'est pas de celles"),
        ({"email": "jeanne@mairie.ville.fr"}, False, "n'est pas de celles"),
        ({"email": "jeanne@fausseville.fr"}, False, "n'est pas de celles"),
        ({"email": "jeanne@asso.example"}, False, "n'est pas de celles"),
        ({"email": "ville.fr"}, False, "adresse électronique lisible"),
        ({"email": "x@autre.example @ville.fr"}, False, "adresse électronique lisible"),
        ({"email": "jeanne@v\u0131lle.fr"}, False, "adresse électronique lisible"),
        ({"email": None}, False, "adresse électronique lisible"),
        ({"email": ["jeanne@ville.fr"]}, False, "adresse électronique lisible"),
    ],
    ids=str,
)
def test_who_is_not_let_in_is_told_why(
    bundled_base: Path, provider: FakeProvider, told: dict[str, Any], trusts: bool, said: str
) -> None:
    provider.told = told
    client = visiting(opened(bundled_base, provider, trusts_email=trusts))
    assert said in refused(client, come_in(client))


def test_that_one_address_is_verified_does_not_verify_another(visitor: TestClient, provider: FakeProvider) -> None:
    provider.claims, provider.told = {"email": "x@autre.example", "email_verified": True}, {"email_verified": None}
    assert "ne garantit pas" in refused(visitor, come_in(visitor))


def changed(back: str, **values: str) -> str:
    query = {name: value for name, (value,) in parse_qs(urlsplit(back).query).items()} | values
    return f"/oidc/retour?{urlencode(query)}"


@pytest.mark.parametrize("state", ["", "0" * 64, "é"])
def test_a_return_with_another_state_is_refused(visitor: TestClient, state: str) -> None:
    assert "recommencez" in refused(visitor, visitor.get(changed(gone(visitor), state=state)))


def test_a_return_to_another_browser_is_refused(visitor: TestClient) -> None:
    back = gone(visitor)
    visitor.cookies.clear()
    refused(visitor, visitor.get(back))


def test_a_return_serves_once(visitor: TestClient, provider: FakeProvider) -> None:
    departed = visitor.get("/oidc")
    back = httpx.get(departed.headers["location"], follow_redirects=False).headers["location"]
    kept = visitor.cookies["redaction-depart"]
    assert visitor.get(back).status_code == 303
    visitor.cookies.clear()
    visitor.cookies.set("redaction-depart", kept)
    assert "a déjà servi" in refused(visitor, visitor.get(back))
    assert len(provider.asked) == 1


def test_the_code_of_another_visit_is_refused(visitor: TestClient, bundled_base: Path, provider: FakeProvider) -> None:
    stolen = parse_qs(urlsplit(gone(visiting(opened(bundled_base, provider)))).query)["code"][0]
    assert "n'a pas confirmé" in refused(visitor, visitor.get(changed(gone(visitor), code=stolen)))


def test_a_code_that_was_taken_already_is_refused(visitor: TestClient) -> None:
    back = gone(visitor)
    used = parse_qs(urlsplit(back).query)["code"][0]
    assert visitor.get(back).status_code == 303
    visitor.cookies.clear()
    refused(visitor, visitor.get(changed(gone(visitor), code=used)))


def test_a_return_that_took_too_long_is_refused(visitor: TestClient, clock: Clock) -> None:
    back = gone(visitor)
    clock.now += AWAY + 1
    assert "a expiré" in refused(visitor, visitor.get(back))


def test_an_answer_in_the_name_of_another_issuer_is_refused(visitor: TestClient, provider: FakeProvider) -> None:
    refused(visitor, visitor.get(changed(gone(visitor), iss="https://ailleurs.example")))
    assert visitor.get(changed(gone(visitor), iss=provider.issuer)).status_code == 303


def test_what_the_provider_refuses_is_told_without_its_words(visitor: TestClient) -> None:
    state = parse_qs(urlsplit(gone(visitor)).query)["state"][0]
    query = urlencode({"error": "access_denied", "error_description": "<b>Cliquez ici</b>", "state": state})
    said = refused(visitor, visitor.get(f"/oidc/retour?{query}"))
    assert "n'a pas permis" in said
    assert "Cliquez" not in said


def test_nothing_of_the_address_chooses_where_a_visitor_ends(visitor: TestClient) -> None:
    visitor.get("/oidc?next=https://ailleurs.example&redirect_uri=https://ailleurs.example")
    back = gone(visitor) + "&next=https://ailleurs.example"
    assert visitor.get(back).headers["location"] == "/"


def test_who_is_refused_too_often_has_to_wait(visitor: TestClient, provider: FakeProvider, clock: Clock) -> None:
    provider.told = {"email": "x@autre.example"}
    for _ in range(TRIES):
        come_in(visitor)
    assert visitor.get("/oidc").status_code == 429
    clock.now += WITHIN + 1
    assert visitor.get("/oidc").status_code == 303


def test_the_log_says_why_and_not_who(
    visitor: TestClient, provider: FakeProvider, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO, "ingest"):
        provider.claims = {"aud": "une autre", "email": EMAIL}
        come_in(visitor)
        provider.claims = {}
        visitor.get(changed(gone(visitor), code="faux"))
    said = "\n".join(record.getMessage() for record in caplog.records if record.name.startswith("ingest"))
    assert "aud" in said
    assert "invalid_grant" in said
    assert not re.search(r"Dupont|ville\.fr|" + re.escape(SECRET), said)


# --- A provider that is down


@pytest.mark.parametrize(
    "published",
    [
        {"issuer": "https://ailleurs.example"},
        {"token_endpoint": "http://ailleurs.example/token"},
        {"authorization_endpoint": "javascript:alert(1)"},
        {"jwks_uri": None},
    ],
    ids=str,
)
def test_a_provider_that_publishes_what_cannot_be_trusted_is_not_asked(
    visitor: TestClient, provider: FakeProvider, published: dict[str, Any]
) -> None:
    provider.published = published
    response = visitor.get("/oidc")
    assert response.status_code == 503
    assert "location" not in response.headers


def test_a_provider_that_is_down_is_told_and_the_password_still_opens(
    bundled_base: Path, provider: FakeProvider
) -> None:
    client = visiting(opened(bundled_base, provider, HASH))
    provider.is_down = True
    response = client.get("/oidc")
    assert response.status_code == 503
    assert "réessayez dans quelques minutes" in text(response)
    assert sign_in(client).status_code == 303
    assert is_in(client)
    provider.is_down = False
    assert come_in(client).status_code == 303


def test_a_provider_that_nobody_answers_for_is_told(bundled_base: Path, provider: FakeProvider) -> None:
    client = visiting(opened(bundled_base, provider, issuer="http://127.0.0.1:9"))
    assert client.get("/oidc").status_code == 503


# --- Its sessions


def test_signing_out_ends_the_session_for_every_copy_of_its_cookie_and_at_the_provider(visitor: TestClient) -> None:
    come_in(visitor)
    stolen = visitor.cookies["redaction"]
    response = visitor.post("/deconnexion", data={"csrf": token(visitor)})
    found = re.search(r'http-equiv="refresh" content="0; url=([^"]+)"', response.text)
    assert found
    end = urlsplit(html.unescape(found[1]))
    said = parse_qs(end.query)
    assert end.path == "/end"
    assert said["post_logout_redirect_uri"] == ["https://room.example/connexion"]
    assert len(said["state"][0]) >= 32
    assert said["id_token_hint"][0].count(".") == 2
    assert not is_in(visitor)
    visitor.cookies.set("redaction", stolen)
    assert not is_in(visitor)


def test_a_provider_without_a_way_out_leads_back_to_the_door(visitor: TestClient, provider: FakeProvider) -> None:
    provider.published = {"end_session_endpoint": None}
    come_in(visitor)
    assert visitor.post("/deconnexion", data={"csrf": token(visitor)}).headers["location"] == "/connexion"


def test_a_session_outlives_a_restart_and_not_its_place_on_the_list(bundled_base: Path, provider: FakeProvider) -> None:
    client = visiting(opened(bundled_base, provider))
    come_in(client)
    cookie = client.cookies["redaction"]

    def is_open(**agreed: Any) -> bool:
        again = visiting(opened(bundled_base, provider, **agreed))
        again.cookies.set("redaction", cookie)
        return is_in(again)

    assert is_open()
    assert not is_open(allowed=("marc@asso.example",))
    assert not is_open(client_id="une autre")


def test_who_did_what_is_told_where_it_is_known(visitor: TestClient, bundled_base: Path) -> None:
    (bundled_base / "redaction" / "questions.jsonl").write_text("")
    come_in(visitor)
    sent = {"csrf": token(visitor), "source": "corpus/freins.md"}
    run = ended(bundled_base, visitor.post("/sources/retrait", data=sent))
    assert f"par Jeanne Dupont ({EMAIL})" in text(visitor.get(run))
    assert f"par Jeanne Dupont ({EMAIL})" in text(visitor.get("/"))
    history = text(visitor.get("/historique"))
    assert f"publiée par Jeanne Dupont ({EMAIL})" in history
    revision = Library(bundled_base / "library.sqlite").history.revisions()[0]
    assert in_paris(datetime.fromisoformat(revision.made_on)) in history
