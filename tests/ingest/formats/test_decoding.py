import pytest

from ingest.formats.decoding import decode, decode_page

FRENCH = "L’été à la forêt, où naît l’œuvre coopérative d’intérêt général : « 50 € »."


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_french_is_read_in_the_encodings_it_comes_in(encoding: str) -> None:
    assert decode(FRENCH.encode(encoding)) == FRENCH


@pytest.mark.parametrize("text", ["été", "L'été à la forêt", "Liste des élus ; maires délégués"])
def test_short_french_in_latin_1_is_not_taken_for_another_language(text: str) -> None:
    assert decode(text.encode("latin-1")) == text


def test_a_page_that_says_latin_1_means_what_browsers_read() -> None:
    assert decode_page(b'<meta charset="iso-8859-1">' + "l’œuvre".encode("cp1252")).endswith("l’œuvre")


def test_an_encoding_that_does_not_exist_is_not_believed() -> None:
    assert decode_page('<meta charset="martien">été'.encode()).endswith("été")


def test_a_spoilt_byte_does_not_spoil_the_rest() -> None:
    data = (FRENCH * 3).encode()
    assert decode(data[:90] + b"\xff" + data[90:]).replace("\ufffd", "") == FRENCH * 3


def test_a_few_french_words_in_windows_1252_are_not_taken_for_spoilt_utf_8() -> None:
    assert decode("Les élus à la forêt".encode("cp1252")) == "Les élus à la forêt"


def test_what_the_server_says_goes_before_what_the_page_says() -> None:
    assert decode_page('<meta charset="utf-8">œuvre'.encode("iso-8859-15"), "ISO-8859-15").endswith("œuvre")
