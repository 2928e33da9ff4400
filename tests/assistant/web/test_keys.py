from pydantic import SecretStr

from assistant.web.keys import Keys

ONE, TWO = "une-cle-de-plus-de-16", "une-autre-cle-de-plus-de-16"
KEYS = Keys.of([SecretStr(ONE), SecretStr(TWO)])


def test_each_key_has_a_holder_of_its_own() -> None:
    assert KEYS.holder(ONE) != KEYS.holder(TWO)
    assert KEYS.holder(ONE)


def test_a_key_that_was_not_given_out_has_no_holder() -> None:
    assert [KEYS.holder(shown) for shown in ("", ONE[:-1], ONE + "x", ONE.upper(), "clé é\udcff")] == [""] * 5


def test_without_keys_there_is_no_holder() -> None:
    assert not Keys.of(None)
    assert Keys.of(None).holder("") == ""


def test_a_key_is_not_shown() -> None:
    assert ONE not in repr(KEYS)
    assert repr(KEYS) == "Keys()"
