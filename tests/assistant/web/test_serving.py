import json
import re
import socket
from collections.abc import Iterator
from http.client import HTTPConnection

import httpx
import pytest

from assistant.errors import PortInUse
from assistant.web.serving import serve

ELSEWHERE = "https://ailleurs.example"


@pytest.fixture
def client(site: str) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=site, timeout=10) as client:
        yield client


# --- What is open


def test_the_front_door_leads_to_the_page(client: httpx.Client) -> None:
    assert client.get("/", follow_redirects=True).url.path == "/chat/"
    assert client.get("/chat", follow_redirects=True).url.path == "/chat/"


def test_the_server_says_that_it_lives(client: httpx.Client) -> None:
    assert client.get("/health").json() == {"status": "ok"}


def test_everything_the_page_asks_for_first_is_served(client: httpx.Client) -> None:
    page = client.get("/chat/").text
    addresses = re.findall(r'(?:src|href)="(\./[^"]+)"', page)
    assert addresses
    assert {client.get(f"/chat/{address[2:]}").status_code for address in addresses} == {200}


# --- What is shut


@pytest.mark.parametrize(
    "path",
    [
        "/docs",
        "/redoc",
        "/openapi.json",
        "/chat/docs",
        "/chat/openapi.json",
        "/chat/gradio_api/openapi.json",
        "/chat/gradio_api/info",
        "/chat/gradio_api/app_id",
        "/chat/gradio_api/user",
        "/chat/gradio_api/token",
        "/chat/gradio_api/file=/etc/passwd",
        "/chat/file=/etc/passwd",
        "/chat/file/etc/passwd",
        "/chat/gradio_api/proxy=http://127.0.0.1",
        "/chat/gradio_api/stream/x/y/z/playlist.m3u8",
        "/chat/gradio_api/upload_progress?upload_id=x",
        "/chat/gradio_api/deep_link",
        "/chat/dev/reload",
        "/chat/gradio_api/dev/reload",
        "/chat/custom_component/x/client/component/index.js",
        "/chat/gradio_api/custom_component/x/client/component/index.js",
        "/chat/monitoring",
        "/chat/gradio_api/runs",
        "/chat/gradio_api/mcp/sse",
        "/chat/login",
        "/chat/logout",
        "/chat/static/../config",
        "/chat/static/%2e%2e/%2e%2e/%2e%2e/routes.py",
        "/chat/assets/..%2f..%2findex.html",
        "/gradio_api/info",
        "/upload",
        "/chat%2fgradio_api%2finfo",
        "//chat/gradio_api/info",
    ],
)
def test_what_the_page_does_not_need_is_shut(site: str, path: str) -> None:
    # httpx would tidy the path up.
    connection = HTTPConnection(site.removeprefix("http://"), timeout=10)
    connection.request("GET", path)
    assert connection.getresponse().status in (403, 404)
    connection.close()


@pytest.mark.parametrize(
    "path",
    [
        "/chat/gradio_api/upload",
        "/chat/upload",
        "/chat/gradio_api/call/respond",
        "/chat/gradio_api/call/v2/respond",
        "/chat/gradio_api/api/respond",
        "/chat/gradio_api/component_server",
        "/chat/login",
        "/chat/gradio_api/stream/x",
    ],
)
def test_nothing_can_be_left_on_the_server(client: httpx.Client, path: str) -> None:
    assert client.post(path, files={"files": ("x.html", b"<script>1</script>")}).status_code == 404


def test_too_long_a_request_is_refused_before_it_is_read(client: httpx.Client) -> None:
    join = "/chat/gradio_api/queue/join"
    assert client.post(join, content=b"x" * 300_000).status_code == 413
    assert client.post(join, content=iter([b"x" * 10])).status_code == 413


def test_the_page_names_no_other_site(client: httpx.Client) -> None:
    page = re.sub(r"http://www\.w3\.org/\S*", "", client.get("/chat/").text)
    head = page[: page.index("window.gradio_config")]
    assert not re.search(r"https?://", head)
    assert "gradio.app" not in page


def test_the_settings_given_to_the_page_hold_no_path_of_the_server(client: httpx.Client) -> None:
    config = client.get("/chat/config").text
    assert not re.search(r"/(?:home|root|usr|work|tmp|opt)/", config)


def test_no_function_is_published_under_a_name(client: httpx.Client) -> None:
    dependencies = client.get("/chat/config").json()["dependencies"]
    assert dependencies
    assert {dependency["api_visibility"] for dependency in dependencies} == {"private"}


# --- Headers


@pytest.mark.parametrize("path", ["/", "/health", "/chat/", "/chat/config", "/chat/theme.css", "/chat/gradio_api/info"])
def test_every_answer_has_the_security_headers(client: httpx.Client, path: str) -> None:
    headers = client.get(path).headers
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "same-origin"
    assert "default-src 'self'" in headers["content-security-policy"]


def test_the_policy_lets_nothing_in_from_elsewhere(client: httpx.Client) -> None:
    policy = dict(
        rule.strip().split(" ", 1) for rule in client.get("/chat/").headers["content-security-policy"].split(";")
    )
    assert policy["default-src"] == policy["connect-src"] == policy["form-action"] == policy["base-uri"] == "'self'"
    assert policy["object-src"] == policy["frame-src"] == "'none'"
    assert policy["frame-ancestors"] == "'self'"
    assert "'unsafe-eval'" not in policy["script-src"]
    assert all("http" not in rule and "*" not in rule for rule in policy.values())


@pytest.mark.parametrize("path", ["/chat/", "/chat/config", "/health"])
def test_no_other_site_may_read(client: httpx.Client, path: str) -> None:
    assert "access-control-allow-origin" not in client.get(path, headers={"origin": ELSEWHERE}).headers


def test_no_other_site_may_ask(client: httpx.Client) -> None:
    asked = {
        "origin": ELSEWHERE,
        "access-control-request-method": "POST",
        "access-control-request-headers": "content-type",
    }
    answer = client.options("/chat/gradio_api/queue/join", headers=asked)
    assert answer.status_code == 400
    assert "access-control-allow-origin" not in answer.headers


def test_a_form_of_another_site_cannot_ask(client: httpx.Client) -> None:
    """A browser sends such a form without asking first."""
    question = json.dumps({"data": ["Question", None], "fn_index": 0, "session_hash": "x"})
    answer = client.post("/chat/gradio_api/queue/join", content=question, headers={"content-type": "text/plain"})
    assert answer.status_code == 422


# --- The page's head


def test_the_page_says_that_it_is_in_french(client: httpx.Client) -> None:
    page = client.get("/chat/").text
    assert re.search(r"<html\s+lang=\"fr\"", page)
    assert 'lang="en"' not in page


def test_the_page_is_whole_whatever_the_browser_can_unpack(client: httpx.Client) -> None:
    plain = client.get("/chat/", headers={"accept-encoding": "identity"})
    packed = client.get("/chat/", headers={"accept-encoding": "gzip, br, zstd"})
    assert plain.text.rstrip().endswith("</html>")
    assert plain.headers["content-length"] == str(len(plain.content))
    assert packed.text == plain.text


def test_the_look_and_the_script_come_with_the_page(client: httpx.Client) -> None:
    head = client.get("/chat/").text.split("</head>")[0]
    assert "--accent:" in head
    assert "navigator" in head
    assert "og:image" not in head


# --- The port


def test_a_port_that_is_taken_is_told_with_what_to_do() -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(PortInUse, match=rf"127\.0\.0\.1:{port}.*--port"):
            serve(None, "127.0.0.1", port)


def test_an_address_of_no_machine_is_told_with_what_to_do() -> None:
    with pytest.raises(PortInUse, match=r"192\.0\.2\.1:7860"):
        serve(None, "192.0.2.1", 7860)


def test_a_name_of_no_machine_is_told_with_what_to_do() -> None:
    with pytest.raises(PortInUse, match=r"ne-existe-pas\.invalid"):
        serve(None, "ne-existe-pas.invalid", 7860)
