"""Encryption of the providers' keys."""

from collections.abc import Callable

from cryptography.fernet import Fernet
import pytest

from custom_components.eyewitness.keys.vault import UndecryptableError, Vault, is_encrypted

from .kit import ONE, SECRET, THREE, TWO, check_silent, decrypted_with, encrypted_with


@pytest.fixture
def vault() -> Vault:
    """Return a vault whose newest key is ONE."""
    return Vault([Fernet(ONE), Fernet(TWO)], "somewhere")


@pytest.mark.parametrize("secret", [SECRET, "", "ключ", "x" * 10_000, "a\nb"])
def test_round_trip(vault: Vault, secret: str) -> None:
    """AC4: what is stored is ciphertext, another one each time."""
    first, second = vault.encrypt(secret), vault.encrypt(secret)
    assert first != second
    assert not secret or secret not in first
    assert first.isascii()
    assert is_encrypted(first)
    assert vault.decrypt(first) == vault.decrypt(second) == secret


def test_the_newest_key_encrypts_and_every_key_decrypts(vault: Vault) -> None:
    """That is how a master key is changed."""
    old = encrypted_with(TWO)
    assert vault.decrypt(old) == SECRET
    assert not vault.newest_opens(old)
    new = vault.rotate(old)
    assert vault.newest_opens(new)
    assert decrypted_with(ONE, new) == SECRET
    assert (vault.source, vault.size) == ("somewhere", 2)


SPOILED: dict[str, Callable[[str], str]] = {
    "empty": lambda _: "",
    "a prefix": lambda good: good[:6],
    "cut off": lambda good: good[:-5],
    "changed": lambda good: good.swapcase(),
    "bare": lambda _: SECRET,
    "of another key": lambda _: encrypted_with(THREE),
    "a surrogate": lambda _: "\ud800",
    "cyrillic": lambda _: "ключ",
}


@pytest.mark.parametrize("spoil", SPOILED.values(), ids=SPOILED.keys())
def test_a_ciphertext_that_does_not_open(vault: Vault, spoil: Callable[[str], str]) -> None:
    """It is an error of its own, which tells nothing."""
    good = vault.encrypt(SECRET)
    assert not vault.newest_opens(spoil(good))
    for call in (vault.decrypt, vault.rotate):
        with pytest.raises(UndecryptableError) as caught:
            call(spoil(good))
        check_silent(caught.value, SECRET, good, ONE, TWO, THREE)


@pytest.mark.parametrize("key", ["", "sk-proj-0123", "xai-0123", "AIzaSy0123", "sk-ant-api03-0123"])
def test_a_vendors_key_is_not_encrypted(key: str) -> None:
    """The migration has to tell them apart."""
    assert not is_encrypted(key)


def test_nothing_to_see(vault: Vault) -> None:
    """Neither key nor secret is in what a vault looks like."""
    vault.encrypt(SECRET)
    for text in (repr(vault), str(vault), repr(vars(vault))):
        assert ONE not in text
        assert SECRET not in text
