"""A stolen file shows no family: what is sealed opens only with the key, and tells nothing without it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.sealing import Key, Ring, WrongKey, new_key, ring

OLD, NEW = ring(new_key()), ring(new_key())


@given(st.text())
def test_what_is_sealed_is_opened_again(text):
    """Any text, in any script."""
    assert text == OLD.open(OLD.seal(text))


@given(st.text(min_size=8))
def test_what_is_sealed_shows_nothing(text):
    """Not the text, and not that two are equal."""
    first, second = OLD.seal(text), OLD.seal(text)

    assert first != second
    assert text.encode("utf-8", "surrogatepass") not in first


def test_another_key_opens_nothing():
    """Nor does a changed byte."""
    sealed = OLD.seal("+16615550150")
    with pytest.raises(WrongKey):
        NEW.open(sealed)
    with pytest.raises(WrongKey):
        OLD.open(sealed[:-1] + bytes([sealed[-1] ^ 1]))
    with pytest.raises(WrongKey):
        OLD.open(b"")


@pytest.mark.parametrize("length", range(40))
def test_what_is_cut_off_is_not_opened(length):
    """A file that was damaged is said to be, in the sentence for it, and wherever it was cut."""
    keys = ring(new_key())

    with pytest.raises(WrongKey):
        keys.open(keys.seal("a text of some length, in words")[:length])


def test_a_lookup_finds_the_same_address_and_no_other():
    """And under another key it is another one: nobody can try all numbers without the key."""
    assert OLD.lookup("sms:+16615550150") == OLD.lookup("sms:+16615550150")
    assert OLD.lookup("sms:+16615550150") != OLD.lookup("sms:+16615550151")
    assert OLD.lookup("sms:+16615550150") != NEW.lookup("sms:+16615550150")


def test_while_keys_change_both_open_and_the_new_one_seals():
    """A rotation loses nobody."""
    both = Ring([NEW.keys[0], OLD.keys[0]])

    assert "Rosa" == both.open(OLD.seal("Rosa"))
    assert "Rosa" == NEW.open(both.seal("Rosa"))
    assert OLD.lookup("x") in both.lookups("x")
    assert NEW.lookup("x") == both.lookup("x")


@pytest.mark.parametrize(
    "bad", ["", "short", "not base64 at all!!", new_key()[:-5], new_key() + "AAAA"], ids=["nothing", "short", "words", "cut", "longer"]
)
def test_a_key_that_is_none_is_refused_in_a_sentence(bad):
    """With the command that prints a good one."""
    with pytest.raises(ValueError, match="platica key new"):
        Key.read(bad)


def test_a_key_shows_itself_to_nobody_by_accident():
    """Not in a traceback."""
    key = Key.read(new_key())

    assert str(key.secret) not in repr(key)
