import pytest

from assistant.web.origins import Origins, origin_of

OWN = "https://assistant.example"
SITE = "https://www.rtes.example"
ORIGINS = Origins.of([SITE])


@pytest.mark.parametrize("origin", [OWN, SITE])
def test_ourselves_and_a_site_of_the_list_may_call(origin: str) -> None:
    assert ORIGINS.admitted(OWN, {"origin": origin}) == origin


@pytest.mark.parametrize(
    "origin",
    [
        "https://ailleurs.example",
        "http://www.rtes.example",
        "https://www.rtes.example:8443",
        "https://rtes.example",
        "https://www.rtes.example.ailleurs.example",
        "https://www.rtes.example@ailleurs.example",
        "https://www.rtes.example/",
        "HTTPS://WWW.RTES.EXAMPLE",
        "null",
        "*",
        "",
        "file://",
    ],
)
def test_no_other_origin_may_call_however_near(origin: str) -> None:
    assert ORIGINS.admitted(OWN, {"origin": origin}) == ""


def test_nobody_but_ourselves_may_call_by_default() -> None:
    assert Origins.of(None).admitted(OWN, {"origin": SITE}) == ""
    assert Origins.of(None).admitted(OWN, {"origin": OWN}) == OWN


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({}, ""),
        ({"sec-fetch-site": "same-origin"}, OWN),
        ({"sec-fetch-site": "same-site"}, ""),
        ({"sec-fetch-site": "cross-site", "referer": f"{OWN}/demo"}, ""),
        ({"sec-fetch-site": "none"}, ""),
        ({"referer": f"{OWN}/demo"}, OWN),
        ({"referer": f"{SITE}/article"}, ""),
        ({"referer": "pas une adresse"}, ""),
    ],
)
def test_without_an_origin_only_a_page_of_ours_is_believed(headers: dict[str, str], expected: str) -> None:
    assert ORIGINS.admitted(OWN, headers) == expected


def test_a_request_that_names_no_host_has_no_page_of_ours() -> None:
    assert Origins.of(None).admitted("", {"origin": ""}) == ""
    assert Origins.of(None).admitted("", {}) == ""


def test_whom_the_page_may_be_shown_by_is_whom_it_may_be_called_by() -> None:
    assert Origins.of(None).frame_ancestors == "'self'"
    assert Origins.of([SITE, "https://a.example"]).frame_ancestors == f"'self' https://a.example {SITE}"


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://www.rtes.example/a?b#c", "https://www.rtes.example"),
        ("https://WWW.rtes.example:443/", "https://www.rtes.example"),
        ("http://127.0.0.1:7860/chat/", "http://127.0.0.1:7860"),
        ("http://[::1]:80/", "http://[::1]"),
        ("javascript:alert(1)", ""),
        ("https://", ""),
        ("https://a.example:porte/", ""),
        ("", ""),
    ],
)
def test_the_origin_of_an_address_is_as_a_browser_writes_it(url: str, expected: str) -> None:
    assert origin_of(url) == expected
