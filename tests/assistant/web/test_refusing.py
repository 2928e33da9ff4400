import httpx
import pytest


@pytest.mark.parametrize(
    ("path", "allowed"), [("/api/conversation", "DELETE, GET"), ("/api/ask", "POST"), ("/v1/models", "GET")]
)
def test_what_an_address_takes_is_told_whole(site: str, path: str, allowed: str) -> None:
    refused = httpx.put(f"{site}{path}", content=b"{}")
    assert (refused.status_code, refused.headers["allow"]) == (405, allowed)
    assert "Cette adresse ne se demande pas ainsi." in refused.text


@pytest.mark.parametrize("path", ["/api/rien", "/v1/rien"])
def test_what_is_not_there_is_told_in_french(site: str, path: str) -> None:
    refused = httpx.get(f"{site}{path}")
    assert refused.status_code == 404
    assert "Introuvable." in refused.text
