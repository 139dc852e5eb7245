"""Stored keys under a new master key."""

from pathlib import Path

from custom_components.eyewitness.keys.master_key import ENV_KEY
from custom_components.eyewitness.keys.rotation import rotate

from .kit import ONE, SECRET, TWO, decrypted_with, encrypted_with


def test_our_own_key_is_replaced(tmp_path: Path, own_file: Path) -> None:
    """A new one comes first in the file, and the old one stays behind it."""
    own_file.write_text(ONE)
    rotated = rotate(tmp_path, {}, {"a": encrypted_with(ONE), "b": "lost"})
    new, *old_keys = own_file.read_text().split()
    assert (new != ONE, old_keys) == (True, [ONE])
    assert decrypted_with(new, rotated.ciphertexts.pop("a")) == SECRET
    assert (rotated.source, rotated.ciphertexts, rotated.lost) == ("own file", {}, ["b"])


def test_a_key_from_outside_encrypts(tmp_path: Path, own_file: Path) -> None:
    """Our own file still opens what it encrypted, and is not touched."""
    own_file.write_text(ONE)
    rotated = rotate(tmp_path, {ENV_KEY: TWO}, {"a": encrypted_with(ONE), "b": encrypted_with(TWO)})
    found = [decrypted_with(TWO, ciphertext) for ciphertext in rotated.ciphertexts.values()]
    assert (rotated.source, found, rotated.lost) == ("environment", [SECRET] * 2, [])
    assert own_file.read_text() == ONE
