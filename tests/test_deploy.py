"""What the files of deploy/ name exists here, and nginx takes its own as it is."""

import importlib.util
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml

from assistant import Assistant
from assistant.settings import AssistantSettings
from assistant.web.serving import build_app
from knowledge.settings import KnowledgeSettings

from .assistant.conftest import assistant, searcher, served  # noqa: F401

ROOT = Path(__file__).parents[1]
FOLDER = ROOT / "deploy"
DOCKERFILE = (FOLDER / "Dockerfile").read_text().replace("\\\n", " ")
COMPOSE: dict[str, Any] = yaml.safe_load((FOLDER / "compose.yaml").read_text())
UNIT = (FOLDER / "assistant.service").read_text()
NGINX = (FOLDER / "nginx.conf").read_text()
NGINX_PROGRAM = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
TEXTS = {path.name: path.read_text() for path in sorted(FOLDER.iterdir())}
SETTINGS = {
    f"{settings.model_config['env_prefix']}{name}".upper()
    for settings in (KnowledgeSettings, AssistantSettings)
    for name in settings.model_fields
}


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_a_variable_is_a_setting(text: str) -> None:
    assert set(re.findall(r"\b(?:KNOWLEDGE|ASSISTANT|INGEST)_[A-Z_]+", text)) <= SETTINGS


def test_a_command_is_a_module_that_can_be_run() -> None:
    commands = [*re.findall(r'-m"?,? "?([a-z]+)', DOCKERFILE + UNIT), COMPOSE["services"]["ingest"]["command"][2]]
    assert {"assistant", "ingest"} <= set(commands)
    known = {name: importlib.util.find_spec(name if name == "compileall" else f"{name}.__main__") for name in commands}
    assert all(known.values())


# --- The image


def test_what_is_copied_is_there_and_sent_to_the_builder() -> None:
    copied = [name for line in re.findall(r"^COPY (.+)$", DOCKERFILE, re.MULTILINE) for name in line.split()[:-1]]
    sent = re.findall(r"^!(.+)$", (ROOT / ".dockerignore").read_text(), re.MULTILINE)
    assert sorted(copied) == sorted(sent)
    assert all((ROOT / name).exists() for name in copied)


def test_the_image_runs_without_privileges() -> None:
    (user,) = re.findall(r"^USER (\d+)", DOCKERFILE, re.MULTILINE)
    assert int(user) > 0
    assert DOCKERFILE.index("USER ") < DOCKERFILE.rindex("CMD ")


def test_the_health_check_asks_what_is_served(assistant: Assistant) -> None:  # noqa: F811
    (program,) = re.findall(r'HEALTHCHECK .*CMD \["python", "-c", "(.+)"\]', DOCKERFILE)
    with served(build_app(assistant)) as address:
        there = program.replace("http://127.0.0.1:7860", address)
        assert there != program
        assert subprocess.run([sys.executable, "-c", there], timeout=60).returncode == 0
        gone = there.replace("/health", "/rien")
        assert subprocess.run([sys.executable, "-c", gone], stderr=subprocess.DEVNULL, timeout=60).returncode == 1


def test_every_container_has_a_read_only_root_and_no_capability() -> None:
    assert all(service["read_only"] and service["cap_drop"] == ["ALL"] for service in COMPOSE["services"].values())


def test_the_image_has_the_torch_of_the_requirements_from_the_index_that_is_named() -> None:
    (version,) = re.findall(r'\$\{TORCH_INDEX:\+--index-url "\$TORCH_INDEX" --no-deps\} torch==(\S+) ', DOCKERFILE)
    assert f"torch=={version} " in (ROOT / "requirements.txt").read_text()


def test_the_health_of_a_server_is_asked_where_others_reach_it() -> None:
    # While it is being made, the database answers for a moment on its socket only.
    assert "-h" in COMPOSE["services"]["postgres"]["healthcheck"]["test"]
    waited = {name: after["condition"] for name, after in COMPOSE["services"]["ingest"]["depends_on"].items()}
    assert waited == {"postgres": "service_healthy", "chroma": "service_healthy"}


def test_the_files_that_containers_are_given_are_there() -> None:
    assert (FOLDER / COMPOSE["services"]["assistant"]["build"]["context"] / "deploy/Dockerfile").samefile(
        FOLDER / "Dockerfile"
    )
    mounted = [volume.split(":")[0] for service in COMPOSE["services"].values() for volume in service["volumes"]]
    assert all((FOLDER / name).exists() for name in mounted if name.startswith("."))
    assert {name for name in mounted if not name.startswith(".")} == set(COMPOSE["volumes"])


# --- In front


def test_the_proxy_and_the_assistant_agree() -> None:
    environment = COMPOSE["services"]["assistant"]["environment"]
    settings = AssistantSettings(
        root_path=environment["ASSISTANT_ROOT_PATH"], trusted_proxies=environment["ASSISTANT_TRUSTED_PROXIES"]
    )
    assert f"location {settings.root_path}/ {{" in NGINX
    assert settings.trusted_proxies == (COMPOSE["networks"]["front"]["ipam"]["config"][0]["subnet"],)
    assert "proxy_buffering off;" in NGINX


@pytest.mark.skipif(NGINX_PROGRAM is None, reason="nginx n'est pas installé")
def test_nginx_serves_the_assistant_under_its_path(assistant: Assistant, tmp_path: Path) -> None:  # noqa: F811
    settings = AssistantSettings(root_path="/assistant", trusted_proxies=("127.0.0.1",))
    with served(build_app(assistant, settings)) as address:
        front = tmp_path / "front.sock"
        text = NGINX.replace("assistant:7860", address.removeprefix("http://"))
        text = text.replace("listen 8080", f"listen unix:{front}").replace(" /tmp/", f" {tmp_path}/")
        text = text.replace("/dev/stdout", str(tmp_path / "access.log"))
        # A socket has no address to pass on.
        text = text.replace("X-Forwarded-For $remote_addr", "X-Forwarded-For 192.0.2.1")
        (tmp_path / "nginx.conf").write_text(text)
        command = [str(NGINX_PROGRAM), "-c", str(tmp_path / "nginx.conf"), "-p", str(tmp_path), "-e", "stderr"]
        subprocess.run([*command, "-t"], check=True, timeout=60)
        running = subprocess.Popen([*command, "-g", "daemon off;"])
        try:
            transport = httpx.HTTPTransport(uds=str(front), retries=8)
            with httpx.Client(transport=transport, base_url="http://front.example", timeout=20) as client:
                assert client.get("/").headers["location"].endswith("/assistant/")
                assert client.get("/assistant/health").json()["status"] == "ok"
                assert client.get("/assistant/metrics").status_code == 404
                page = client.get("/assistant/chat/?question=secret")
                assert page.status_code == 200
                session = client.post("/assistant/api/session", headers={"origin": "http://front.example"})
                assert session.json()["token"]
            logged = (tmp_path / "access.log").read_text()
            assert "/assistant/chat/ 200" in logged
            assert "secret" not in logged
        finally:
            running.terminate()
            running.wait(20)
