import pytest

from assistant.web.observed import route_of


@pytest.mark.parametrize(
    ("path", "told"),
    [
        ("/", "/"),
        ("/api/ask", "/api/ask"),
        ("/health", "/health"),
        ("/chat/gradio_api/queue/join", "/chat/gradio_api/queue/join"),
        ("/reponse/x7Yb-code", "/reponse/…"),
        ("/export/cle.docx", "/export/…"),
        ("/chat/gradio_api/heartbeat/abc", "/chat/…"),
        ("/v1/models/jean.dupont", "/v1/…"),
        ("/api/ask/jean", "/api/…"),
        ("/jean.dupont@exemple.fr", "/…"),
        ("/apis", "/…"),
    ],
)
def test_an_address_is_told_without_what_somebody_may_have_put_in_it(path: str, told: str) -> None:
    assert route_of(path) == told
