import json
import re
import shutil
import socket
import subprocess
from collections.abc import Iterator
from http.client import HTTPConnection
from pathlib import Path

import httpx
import pytest

from assistant import Assistant
from assistant.errors import PortInUse
from assistant.settings import AssistantSettings
from assistant.web.serving import build_app, serve

from ..conftest import Watched, served
from .test_page import FREIN, ask

ELSEWHERE = "https://ailleurs.example"
SITE = "https://www.rtes.example"


@pytest.fixture
def client(site: str) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=site, timeout=10) as client:
        yield client


# --- What is open


def test_the_front_door_leads_to_the_page(client: httpx.Client) -> None:
    assert client.get("/", follow_redirects=True).url.path == "/chat/"
    assert client.get("/chat", follow_redirects=True).url.path == "/chat/"


def test_the_server_says_that_it_lives(client: httpx.Client) -> None:
    assert client.get("/health").json() == {"status": "ok", "revision": 1, "sources": 4, "model": "aucun"}


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


@pytest.fixture(scope="module")
def behind(assistant: Assistant) -> Iterator[str]:
    """The address of an application behind a trusted proxy that puts it under /outils/assistant, shown by one site."""
    settings = AssistantSettings(allowed_origins=(SITE,), trusted_proxies=("127.0.0.1",), root_path="/outils/assistant")
    with served(build_app(assistant, settings)) as address:
        yield address


def policy_of(headers: httpx.Headers) -> dict[str, str]:
    rules = (rule.strip().partition(" ") for rule in headers["content-security-policy"].split(";"))
    return {name: value for name, _, value in rules}


def test_the_page_is_shown_by_the_sites_of_the_list_and_by_no_other(behind: str) -> None:
    policy = policy_of(httpx.get(f"{behind}/chat/").headers)
    assert policy["frame-ancestors"] == f"'self' {SITE}"
    assert "http" not in policy["default-src"] + policy["script-src"] + policy["connect-src"]


@pytest.mark.parametrize("origin", [SITE, ELSEWHERE, "null", ""])
def test_the_page_does_not_answer_to_the_scripts_of_another_site_even_of_the_list(behind: str, origin: str) -> None:
    join = f"{behind}/chat/gradio_api/queue/join"
    question = {"data": ["Question", None], "fn_index": 0, "session_hash": "x"}
    assert httpx.post(join, json=question, headers={"origin": origin}).status_code == 403
    assert httpx.get(f"{behind}/chat/config", headers={"origin": origin}).status_code == 403


@pytest.mark.parametrize("path", ["/demo", "/demo.css"])
def test_the_demonstration_has_the_policy_of_the_strictest_site(client: httpx.Client, path: str) -> None:
    policy = policy_of(client.get(path).headers)
    assert policy["default-src"] == policy["frame-ancestors"] == policy["form-action"] == "'none'"
    assert policy["script-src"] == policy["connect-src"] == policy["style-src"] == "'self'"


def test_the_interface_lets_nothing_be_loaded_nor_framed(client: httpx.Client) -> None:
    policy = policy_of(client.get("/api/openapi.json").headers)
    assert policy["default-src"] == policy["frame-ancestors"] == "'none'"


# --- The widget's script


def test_the_script_is_the_same_packed_or_not_and_is_not_sent_twice(client: httpx.Client) -> None:
    plain = client.get("/widget.js", headers={"accept-encoding": "identity"})
    packed = client.get("/widget.js", headers={"accept-encoding": "gzip"})
    assert plain.text == packed.text
    assert int(packed.headers["content-length"]) < int(plain.headers["content-length"]) / 2
    again = client.get("/widget.js", headers={"if-none-match": plain.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert "accept-encoding" in plain.headers["vary"]


def test_any_site_may_load_the_script_even_one_that_isolates_itself(client: httpx.Client) -> None:
    headers = client.get("/widget.js").headers
    assert headers["cross-origin-resource-policy"] == "cross-origin"
    assert headers["content-type"].startswith("text/javascript")


# --- Behind a proxy

FORWARDED = {"x-forwarded-for": "192.0.2.1", "x-forwarded-proto": "https", "x-forwarded-host": "www.ville.example"}
PUBLIC = "https://www.ville.example/outils/assistant"


@pytest.mark.parametrize("prefix", ["", "/outils/assistant"])
def test_behind_a_proxy_every_address_is_the_public_one(behind: str, prefix: str) -> None:
    with httpx.Client(base_url=behind + prefix, headers=FORWARDED) as client:
        assert f'src="{PUBLIC}/widget.js"' in client.get("/demo").text.replace("&quot;", '"')
        assert client.get("/chat").headers["location"] == f"{PUBLIC}/chat/"
        assert client.get("/chat/config").json()["root"] == f"{PUBLIC}/chat"
        assert client.get("/api/openapi.json").json()["servers"] == [{"url": "/outils/assistant/api"}]
        opened = client.post("/api/session", headers={"origin": "https://www.ville.example"})
        assert opened.status_code == 200


def test_nobody_else_says_under_which_address_we_are(client: httpx.Client) -> None:
    page = client.get("/chat/", headers=FORWARDED).text + client.get("/chat/config", headers=FORWARDED).text
    assert "ville.example" not in page
    assert client.post("/api/session", headers={**FORWARDED, "origin": "https://www.ville.example"}).status_code == 403


NGINX = """
daemon off; worker_processes 1; pid {folder}/nginx.pid; error_log {folder}/error.log;
events {{ worker_connections 64; }}
http {{
  access_log off; client_body_temp_path {folder}/b; proxy_temp_path {folder}/p; fastcgi_temp_path {folder}/f;
  uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s;
  server {{
    listen 127.0.0.1:{port};
    location /outils/assistant/ {{
      proxy_pass {address}/;
      proxy_http_version 1.1;
      proxy_set_header Host $http_host;
      proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
      proxy_set_header X-Forwarded-Proto $scheme;
      proxy_buffering off;
    }}
  }}
}}
"""


@pytest.fixture
def nginx(behind: str, tmp_path: Path) -> Iterator[str]:
    """The address of a real nginx that puts the application on a sub-path."""
    program = shutil.which("nginx", path="/usr/sbin:/usr/bin:/usr/local/bin")
    if program is None:
        pytest.skip("nginx n'est pas installé")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    (tmp_path / "nginx.conf").write_text(NGINX.format(folder=tmp_path, port=port, address=behind))
    process = subprocess.Popen([program, "-p", str(tmp_path), "-c", str(tmp_path / "nginx.conf"), "-e", "stderr"])
    transport = httpx.HTTPTransport(retries=8)
    with httpx.Client(transport=transport) as client:
        client.get(f"http://127.0.0.1:{port}/")
    yield f"http://127.0.0.1:{port}/outils/assistant"
    process.terminate()
    process.wait(10)


@pytest.mark.browser
def test_page_and_widget_answer_behind_a_real_nginx_on_a_sub_path(nginx: str, watched: Watched) -> None:
    page = watched.open(f"{nginx}/chat/")
    assert "manque d'eau" in ask(page, FREIN).inner_text()
    page = watched.open(f"{nginx}/demo", ready=False)
    page.get_by_role("button", name="Une question ?").click()
    page.get_by_label("Votre question").fill(FREIN)
    page.keyboard.press("Enter")
    page.locator(".kept").wait_for()
    assert "manque d'eau" in page.locator(".kept").inner_text()


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
