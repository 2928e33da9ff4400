import pytest
from pydantic import ValidationError

from assistant import BadSetting
from assistant.settings import AssistantSettings

KEY = "sk-tres-secrete-0123456789"


def test_without_any_variable_answers_need_no_model_and_stay_on_this_machine() -> None:
    settings = AssistantSettings.read()
    assert settings.chat_model is None
    assert settings.host == "127.0.0.1"
    assert (settings.port, settings.passages, settings.chat_timeout) == (7860, 8, 30.0)


@pytest.mark.parametrize(
    ("variable", "value", "name", "expected"),
    [
        ("ASSISTANT_CHAT_MODEL", "openai:mistral-small", "chat_model", "openai:mistral-small"),
        ("ASSISTANT_CHAT_BASE_URL", "http://127.0.0.1:8080/v1", "chat_base_url", "http://127.0.0.1:8080/v1"),
        ("ASSISTANT_CHAT_TIMEOUT", "2.5", "chat_timeout", 2.5),
        ("ASSISTANT_PASSAGES", "4", "passages", 4),
        ("ASSISTANT_HOST", "0.0.0.0", "host", "0.0.0.0"),
        ("ASSISTANT_PORT", "8000", "port", 8000),
        ("ASSISTANT_CHAT_MODEL", "", "chat_model", ""),
        ("ASSISTANT_ALLOWED_ORIGINS", "https://www.RTES.fr:443/", "allowed_origins", ("https://www.rtes.fr",)),
        (
            "ASSISTANT_ALLOWED_ORIGINS",
            " https://a.fr:8443,http://[::1]:80\n",
            "allowed_origins",
            ("https://a.fr:8443", "http://[::1]"),
        ),
        ("ASSISTANT_ALLOWED_ORIGINS", " , ", "allowed_origins", None),
        ("ASSISTANT_TRUSTED_PROXIES", "127.0.0.1 10.0.0.0/8", "trusted_proxies", ("127.0.0.1/32", "10.0.0.0/8")),
        ("ASSISTANT_ROOT_PATH", "/outils/assistant/", "root_path", "/outils/assistant"),
        ("ASSISTANT_ROOT_PATH", "/", "root_path", None),
        ("ASSISTANT_QUESTIONS_PER_MINUTE", "5", "questions_per_minute", 5),
        ("ASSISTANT_SITE_QUESTIONS_PER_MINUTE", "50", "site_questions_per_minute", 50),
    ],
)
def test_a_variable_changes_its_setting(
    monkeypatch: pytest.MonkeyPatch, variable: str, value: str, name: str, expected: object
) -> None:
    monkeypatch.setenv(variable, value)
    assert getattr(AssistantSettings.read(), name) == expected


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("ASSISTANT_PORT", "porte"),
        ("ASSISTANT_PORT", "70000"),
        ("ASSISTANT_PORT", "-1"),
        ("ASSISTANT_PORT", ""),
        ("ASSISTANT_PASSAGES", "0"),
        ("ASSISTANT_PASSAGES", "huit"),
        ("ASSISTANT_CHAT_TIMEOUT", "0"),
        ("ASSISTANT_CHAT_TIMEOUT", "-3"),
        ("ASSISTANT_CHAT_TIMEOUT", "bientôt"),
        ("ASSISTANT_ALLOWED_ORIGINS", "*"),
        ("ASSISTANT_ALLOWED_ORIGINS", "null"),
        ("ASSISTANT_ALLOWED_ORIGINS", "https://*.rtes.fr"),
        ("ASSISTANT_ALLOWED_ORIGINS", "https://www.rtes.fr/page"),
        ("ASSISTANT_ALLOWED_ORIGINS", "https://www.rtes.fr; script-src *"),
        ("ASSISTANT_ALLOWED_ORIGINS", "www.rtes.fr"),
        ("ASSISTANT_TRUSTED_PROXIES", "*"),
        ("ASSISTANT_TRUSTED_PROXIES", "proxy.local"),
        ("ASSISTANT_ROOT_PATH", "assistant"),
        ("ASSISTANT_ROOT_PATH", "/../x"),
        ("ASSISTANT_QUESTIONS_PER_MINUTE", "0"),
    ],
)
def test_a_variable_that_makes_no_sense_is_named_in_french(
    monkeypatch: pytest.MonkeyPatch, variable: str, value: str
) -> None:
    monkeypatch.setenv(variable, value)
    with pytest.raises(BadSetting, match=f"{variable}.*Corrigez"):
        AssistantSettings.read()


def test_a_key_is_shown_nowhere(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ASSISTANT_CHAT_API_KEY", KEY)
    settings = AssistantSettings.read()
    assert settings.chat_api_key is not None
    assert settings.chat_api_key.get_secret_value() == KEY
    assert KEY not in f"{settings} {settings!r} {settings.model_dump()} {settings.model_dump_json()}"


def test_a_bad_variable_does_not_show_the_key_that_stands_beside_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ASSISTANT_CHAT_API_KEY", KEY)
    monkeypatch.setenv("ASSISTANT_PORT", KEY)
    with pytest.raises(BadSetting) as raised:
        AssistantSettings.read()
    assert KEY not in str(raised.value)
    assert raised.value.__suppress_context__


def test_settings_do_not_change_once_read() -> None:
    with pytest.raises(ValidationError, match="frozen"):
        AssistantSettings.read().port = 1  # type: ignore[misc]


def test_a_blank_session_key_is_none_and_a_short_one_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ASSISTANT_SESSION_KEY", "")
    assert AssistantSettings.read().session_key is None
    monkeypatch.setenv("ASSISTANT_SESSION_KEY", "trop-courte")
    with pytest.raises(BadSetting, match="ASSISTANT_SESSION_KEY") as error:
        AssistantSettings.read()
    assert "trop-courte" not in str(error.value)
