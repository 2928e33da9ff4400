import fcntl
import html
import json
import re
from pathlib import Path
from typing import Any

import httpx
import pytest
from starlette.testclient import TestClient

from ingest.room import open_room
from ingest.room.guarding import LARGEST_DROP
from ingest.room.sessions import LASTS
from ingest.room.signing import TRIES, WITHIN, hash_of
from knowledge.library import Library

from .conftest import Clock

PASSWORD = "quatre mots au hasard"
HASH = hash_of(PASSWORD)
GUIDE = b"# Le guide\n\nLe guide explique comment tenir une instance avec les habitants.\n"
THEME = ":root{--surface:#fff}"
OUTSIDE = httpx.Headers({"sec-fetch-site": "cross-site"})


@pytest.fixture
def visitor(bundled_base: Path, clock: Clock, tmp_path: Path) -> TestClient:
    """Who has not signed in; no question is asked."""
    room = open_room(bundled_base, HASH, THEME, clock, tmp_path / "aucune.jsonl")
    return TestClient(room, base_url="https://room.example", follow_redirects=False)


@pytest.fixture
def editor(visitor: TestClient) -> TestClient:
    assert sign_in(visitor).status_code == 303
    return visitor


def sign_in(client: TestClient, password: str = PASSWORD, **more: Any) -> httpx.Response:
    return client.post("/connexion", data={"password": password}, **more)


def token(client: TestClient) -> str:
    found = re.search(r'name="csrf" value="(\w+)"', client.get("/").text)
    assert found
    return found[1]


def text(response: httpx.Response) -> str:
    return html.unescape(" ".join(re.sub(r"<[^>]+>", " ", response.text).split()))


def drop(client: TestClient, *files: tuple[str, bytes], **more: Any) -> httpx.Response:
    sent = [("files", (name, data, "text/plain")) for name, data in files]
    return client.post("/depots", data={"csrf": token(client)}, files=sent, **more)


def ended(base: Path, response: httpx.Response) -> str:
    """The path of the page of a run, once its process has gone."""
    assert response.status_code == 303, text(response)
    path = response.headers["location"]
    with (base / "redaction" / path.rsplit("/", 1)[1] / "alive.lock").open() as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
    return str(path)


def choices(page: str) -> dict[str, str]:
    """What the form of a page would send, all documents checked."""
    fields = dict(re.findall(r'name="((?:id|title|publisher|date|replaces)-\d+)"[^>]*?value="([^"]*)"', page))
    count = len([name for name in fields if name.startswith("id-")])
    kept = {f"keep-{at}": "1" for at in range(count)}
    return {**{name: html.unescape(value) for name, value in fields.items()}, **kept, "count": str(count)}


# --- Coming in


@pytest.mark.parametrize("path", ["/", "/sources", "/historique", "/questions", "/travaux/20260101-000000-abcdef"])
def test_nothing_is_shown_to_who_has_not_signed_in(visitor: TestClient, path: str) -> None:
    response = visitor.get(path)
    assert (response.status_code, response.headers["location"]) == (303, "/connexion")


@pytest.mark.parametrize("path", ["/depots", "/sources/retrait", "/historique/retour", "/questions"])
def test_nothing_is_done_for_who_has_not_signed_in(visitor: TestClient, bundled_base: Path, path: str) -> None:
    assert visitor.post(path, data={"csrf": "x"}).headers["location"] == "/connexion"
    assert not [one for one in (bundled_base / "redaction").iterdir() if one.is_dir()]


def test_the_cookie_is_kept_from_scripts_other_sites_and_plain_http(visitor: TestClient) -> None:
    said = sign_in(visitor).headers["set-cookie"].lower()
    assert all(word in said for word in ("httponly", "samesite=strict", "secure", f"max-age={LASTS}"))
    assert PASSWORD not in said


def test_a_wrong_password_is_told_and_opens_nothing(visitor: TestClient) -> None:
    response = sign_in(visitor, "faux")
    assert response.status_code == 403
    assert "Ce n'est pas le mot de passe" in text(response)
    assert "set-cookie" not in response.headers


def test_who_tries_too_often_has_to_wait_even_with_the_password(visitor: TestClient, clock: Clock) -> None:
    for _ in range(TRIES):
        sign_in(visitor, "faux")
    assert sign_in(visitor).status_code == 429
    clock.now += WITHIN + 1
    assert sign_in(visitor).status_code == 303


def test_a_session_ends(editor: TestClient, clock: Clock) -> None:
    assert editor.get("/").status_code == 200
    clock.now += LASTS + 1
    assert editor.get("/").status_code == 303


def test_signing_out_ends_the_session_for_every_copy_of_its_cookie(editor: TestClient) -> None:
    stolen = editor.cookies["redaction"]
    assert editor.post("/deconnexion", data={"csrf": token(editor)}).headers["location"] == "/connexion"
    assert "redaction" not in editor.cookies
    editor.cookies.set("redaction", stolen)
    assert editor.get("/").status_code == 303


def test_signing_out_takes_a_form_of_the_room(editor: TestClient) -> None:
    assert editor.post("/deconnexion", data={"csrf": "0" * 64}).status_code == 403
    assert editor.get("/").status_code == 200


def test_signing_in_again_ends_the_session_before(editor: TestClient) -> None:
    former = editor.cookies["redaction"]
    sign_in(editor)
    editor.cookies.clear()
    editor.cookies.set("redaction", former)
    assert editor.get("/").status_code == 303


@pytest.mark.parametrize("path", ["/oidc", "/oidc/retour?code=x&state=y"])
def test_there_is_no_way_in_by_a_provider_until_one_is_set(visitor: TestClient, path: str) -> None:
    assert visitor.get(path).status_code == 404
    assert "/oidc" not in visitor.get("/connexion").text


def test_a_room_that_was_opened_by_another_password_is_shut(
    editor: TestClient, bundled_base: Path, clock: Clock, tmp_path: Path
) -> None:
    for password_hash, status in ((HASH, 200), (hash_of("un autre mot de passe"), 303), ("", 303)):
        again = TestClient(open_room(bundled_base, password_hash, THEME, clock, tmp_path / "aucune.jsonl"))
        again.cookies.set("redaction", editor.cookies["redaction"])
        assert again.get("/", follow_redirects=False).status_code == status


def test_another_site_cannot_sign_anyone_in_or_send_a_form(editor: TestClient) -> None:
    assert sign_in(editor, headers=OUTSIDE).status_code == 403
    given = token(editor)
    response = editor.post("/questions/retrait", data={"csrf": given, "id": "1"}, headers=OUTSIDE)
    assert response.status_code == 403


@pytest.mark.parametrize("given", [{}, {"csrf": ""}, {"csrf": "0" * 64}])
def test_a_form_without_the_token_of_its_session_does_nothing(
    editor: TestClient, bundled_base: Path, given: dict[str, str]
) -> None:
    response = editor.post("/sources/retrait", data={**given, "source": "corpus/freins.md"})
    assert response.status_code == 403
    assert "rechargez-la" in text(response)
    assert editor.post("/depots", data=given, files=[("files", ("a.md", GUIDE))]).status_code == 403
    assert not [one for one in (bundled_base / "redaction").iterdir() if one.is_dir()]


@pytest.mark.parametrize("path", ["/connexion", "/", "/rien", "/salle.css"])
def test_every_answer_is_shut_to_scripts_and_frames_from_elsewhere(visitor: TestClient, path: str) -> None:
    policy = visitor.get(path).headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy


def test_pages_hold_no_script_or_style_of_their_own(editor: TestClient) -> None:
    for path in ("/", "/sources", "/historique", "/questions"):
        page = editor.get(path).text
        assert not re.search(r"<script(?! src)|<style|\son\w+=|\sstyle=", page)
        assert "http://" not in page.replace("http://www.w3.org", "")


def test_the_colours_are_those_that_are_given(visitor: TestClient) -> None:
    assert visitor.get("/salle.css").text.startswith(THEME)


# --- What is sent


def test_a_drop_that_is_too_large_is_refused_before_it_is_read(editor: TestClient) -> None:
    headers = {"content-length": str(LARGEST_DROP + 1), "content-type": "multipart/form-data; boundary=x"}
    response = editor.post("/depots", content=b"", headers=headers)
    assert response.status_code == 413
    assert "210 Mo au plus" in text(response)


def test_a_request_that_does_not_say_its_length_is_refused(editor: TestClient) -> None:
    assert editor.post("/questions", content=iter([b"csrf=x"])).status_code == 411


def test_too_many_files_are_refused(editor: TestClient) -> None:
    response = drop(editor, *((f"{number}.md", GUIDE) for number in range(51)))
    assert response.status_code == 400
    assert "50 fichiers au plus" in text(response)


@pytest.mark.parametrize(
    "address", ["", "file:///etc/passwd", "ftp://a.example/", "rtes.fr", "https://moi:mdp@a.example"]
)
def test_what_is_no_address_is_refused(editor: TestClient, address: str) -> None:
    response = editor.post("/depots", data={"csrf": token(editor), "address": address})
    assert response.status_code == 409


def test_hostile_names_and_files_are_read_as_files_of_the_deposits(editor: TestClient, bundled_base: Path) -> None:
    hostile = '../../<img src=x onerror=alert(1)>\u202e".md'
    body = b"---\ntitre: '<script>alert(1)</script>'\n---\n<b onclick=x>Le texte</b> {{ 7*7 }}.\n"
    response = drop(editor, (hostile, body), ("/etc/x.docx", b"PK\x03\x04"), ("x.docx", b"%PDF-"))
    page = editor.get(ended(bundled_base, response)).text
    assert "<script>alert" not in page
    assert "<img" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "depots/img src x onerror alert(1)" in page
    assert page.count("<strong>depots/x") == 2
    assert not list(bundled_base.parent.glob("img*"))


@pytest.mark.parametrize("path", ["/travaux/..%2F..%2Fsecret", "/travaux/20260101-000000-abcdef", "/rien"])
def test_a_page_that_is_not_there_is_told(editor: TestClient, path: str) -> None:
    response = editor.get(path)
    assert response.status_code == 404
    assert "n'existe pas" in text(response)


# --- What is done


def test_editors_drop_see_correct_publish_outdate_and_go_back(editor: TestClient, bundled_base: Path) -> None:
    run = ended(bundled_base, drop(editor, ("guide.md", GUIDE)))
    page = editor.get(run)
    assert "Ce qui changerait" in page.text
    assert "tenir une instance avec les habitants" in page.text
    assert editor.get(f"{run}/etat").json()["is_under_way"] is False
    sent = {**choices(page.text), "csrf": token(editor), "publisher-0": "RTES", "replaces-0": "corpus/freins.md"}
    assert editor.post(f"{run}/publier", data={**sent, "date-0": "demain"}).status_code == 409
    unknown = editor.post(f"{run}/publier", data={**sent, "replaces-0": "corpus/rien.md"})
    assert "« corpus/rien.md » n'est pas une source" in text(unknown)
    assert editor.post(f"{run}/publier", data={**sent, "date-0": "2026", "keep-0": "1"}).status_code == 303
    ended(bundled_base, httpx.Response(303, headers={"location": run}))
    assert "Publié (révision 2)" in text(editor.get(run))
    assert "périmée" in text(editor.get("/sources", params={"q": "freins"}))
    assert "RTES, 2026" in text(editor.get("/sources", params={"q": "guide"}))
    back = editor.post("/historique/retour", data={"csrf": token(editor), "revision": "1"})
    assert "révision 1" in text(editor.get(ended(bundled_base, back)))
    library = Library(bundled_base / "library.sqlite")
    assert "depots/guide.md" not in library.digests()
    library.close()
    assert "retour à la révision 1" in text(editor.get("/historique"))
    assert "Dépôt de fichiers : guide.md" in text(editor.get("/"))


def test_nothing_is_published_where_nothing_is_checked(editor: TestClient, bundled_base: Path) -> None:
    run = ended(bundled_base, drop(editor, ("guide.md", GUIDE)))
    sent = {name: value for name, value in choices(editor.get(run).text).items() if not name.startswith("keep")}
    response = editor.post(f"{run}/publier", data={**sent, "csrf": token(editor)})
    assert (response.status_code, "Cochez au moins un document" in text(response)) == (409, True)


def test_what_is_given_up_cannot_be_published(editor: TestClient, bundled_base: Path) -> None:
    run = ended(bundled_base, drop(editor, ("guide.md", GUIDE)))
    sent = choices(editor.get(run).text)
    editor.post(f"{run}/abandonner", data={"csrf": token(editor)})
    assert "Abandonné" in text(editor.get(run))
    assert editor.post(f"{run}/publier", data={**sent, "csrf": token(editor)}).status_code == 409
    assert not (bundled_base / "redaction" / run.rsplit("/", 1)[1] / "files").exists()


def test_what_breaks_is_told_without_a_trace(bundled_base: Path, tmp_path: Path) -> None:
    room = open_room(bundled_base, HASH, THEME, questions=tmp_path / "aucune.jsonl")
    client = TestClient(room, base_url="https://room.example", raise_server_exceptions=False)
    sign_in(client)
    (bundled_base / "redaction" / "20260101-000000-abcdef").mkdir()
    (bundled_base / "redaction" / "20260101-000000-abcdef" / "state.json").write_text("[")
    response = client.get("/")
    assert response.status_code == 500
    assert "Une erreur imprévue" in text(response)
    assert "Traceback" not in response.text
    assert "default-src 'none'" in response.headers["content-security-policy"]


@pytest.mark.parametrize("until", ["", "demain", "2026-99-99", "2026"])
def test_a_source_is_not_marked_with_what_is_no_day(editor: TestClient, until: str) -> None:
    sent = {"csrf": token(editor), "source": "corpus/freins.md", "until": until}
    assert editor.post("/sources/validite", data=sent).status_code == 409


def test_control_questions_are_written_and_taken_away(editor: TestClient, bundled_base: Path) -> None:
    sent = {"csrf": token(editor), "question": "Quels <b>freins</b> ?", "facts": "temps", "forbidden": "argent"}
    assert editor.post("/questions", data=sent).status_code == 303
    (line,) = (bundled_base / "redaction" / "questions.jsonl").read_text(encoding="utf-8").splitlines()
    record = json.loads(line)
    assert (record["facts"], record["forbidden"]) == (["temps"], ["argent"])
    page = editor.get("/questions", params={"id": record["id"]})
    assert "&lt;b&gt;freins" in page.text
    assert "Modifier la question" in text(page)
    assert editor.post("/questions", data={"csrf": token(editor), "question": "Quoi ?"}).status_code == 409
    editor.post("/questions/retrait", data={"csrf": token(editor), "id": record["id"]})
    assert "0 question" in text(editor.get("/questions"))


def test_what_loses_a_control_question_is_not_published_and_the_question_is_named(
    editor: TestClient, bundled_base: Path
) -> None:
    question = "Quel est le premier frein des associations à la co-construction ?"
    sent = {"csrf": token(editor), "question": question, "sources": "corpus/freins.md", "facts": "manque de temps"}
    editor.post("/questions", data=sent)
    response = editor.post("/sources/retrait", data={"csrf": token(editor), "source": "corpus/freins.md"})
    said = text(editor.get(ended(bundled_base, response)))
    assert "Refusé par les questions de contrôle" in said
    assert f"« {question} »" in said
    library = Library(bundled_base / "library.sqlite")
    assert "corpus/freins.md" in library.digests()
    assert library.revision == 1
    library.close()
