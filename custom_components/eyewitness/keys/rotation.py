"""Encrypt stored keys anew, with a new master key if it is ours to make."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from . import master_key
from .vault import UndecryptableError


@dataclass(frozen=True, slots=True, kw_only=True)
class Rotated:
    """What became of the stored keys, each by its name."""

    source: str
    """Where the master key comes from, in words for everybody."""
    ciphertexts: dict[str, str]
    lost: list[str]
    """Names of those that no master key opens; they stay as they are."""


def rotate(folder: Path, environ: Mapping[str, str], stored: Mapping[str, str]) -> Rotated:
    """Return the stored ciphertexts, by any names, encrypted with the newest master key; blocking.

    Our own master key is replaced by a new one, and the old one stays in the file until
    ``master_key.forget`` takes it away. Raises ``MasterKeyError``; then nothing has changed.
    """
    vault = master_key.load(folder, environ)
    if master_key.is_from_own_file(vault):
        master_key.renew(folder)
        vault = master_key.load(folder, environ)
    ciphertexts, lost = {}, []
    for name, ciphertext in stored.items():
        try:
            ciphertexts[name] = vault.rotate(ciphertext)
        except UndecryptableError:
            lost.append(name)
    return Rotated(source=vault.source, ciphertexts=ciphertexts, lost=lost)
