"""Encrypt the providers' keys before Home Assistant stores them.

Home Assistant keeps config entries as plain JSON, and every backup carries them. What each source
of the master key protects against is in the README.
"""

from collections.abc import Mapping
from contextlib import suppress
import os
from pathlib import Path
from threading import Lock
from typing import Final

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

ENV_KEY: Final = "EYEWITNESS_MASTER_KEY"
ENV_KEY_FILE: Final = "EYEWITNESS_MASTER_KEY_FILE"
KEY_FILE: Final = ".eyewitness_master_key"
_CREATING: Final = Lock()


class VaultError(Exception):
    """Report that a master key or a secret cannot be used; it never carries either."""


class MasterKeyError(VaultError):
    """Report a master key that cannot be read or is none."""

    def __init__(self, source: str) -> None:
        """Name where the key was looked for."""
        super().__init__(f"no usable master key in {source}")
        self.source = source


class UndecryptableError(VaultError):
    """Report a secret that none of the master keys opens."""


class Vault:
    """Encrypt and decrypt with Fernet, which is AES-128-CBC with HMAC-SHA256."""

    def __init__(self, keys: list[Fernet]) -> None:
        """Take the master keys, newest first: the first one encrypts, every one decrypts."""
        self._fernet = MultiFernet(keys)

    def encrypt(self, secret: str) -> str:
        """Return the ciphertext as text."""
        return self._fernet.encrypt(secret.encode()).decode("ascii")

    def decrypt(self, ciphertext: str) -> str:
        """Return the secret; raise ``UndecryptableError`` when no master key opens it."""
        try:
            return self._fernet.decrypt(ciphertext.encode("utf-8", "replace")).decode()
        except InvalidToken as err:
            raise UndecryptableError from err


def load(folder: Path, environ: Mapping[str, str]) -> Vault:
    """Return the vault; blocking, since it reads and may write a file.

    The master key comes from the environment, else from the file that the environment names, else
    from a file in the config folder, which is made when there is none. A key from outside does not
    lock out what the folder's file encrypted before: that one still decrypts.
    Raises ``MasterKeyError``: a key that was named and cannot be used must never be replaced by
    another one silently.
    """
    own = folder / KEY_FILE
    if (text := environ.get(ENV_KEY, "")).strip():
        keys = _parse(text, ENV_KEY)
    elif (name := environ.get(ENV_KEY_FILE, "")).strip():
        keys = _read(Path(name.strip()), ENV_KEY_FILE)
    else:
        with _CREATING:
            if not own.exists():
                _create(own)
        return Vault(_own(own))
    if own.exists():
        keys += _own(own)
    return Vault(keys)


def _own(path: Path) -> list[Fernet]:
    """Read our own file, and take it back from others, to whom an unpacked backup may give it."""
    with suppress(OSError):
        if path.stat().st_mode & 0o077:
            path.chmod(0o600)
    return _read(path, KEY_FILE)


def _read(path: Path, source: str) -> list[Fernet]:
    try:
        text = path.read_text("ascii")
    except (OSError, ValueError) as err:
        raise MasterKeyError(source) from err
    return _parse(text, source)


def _parse(text: str, source: str) -> list[Fernet]:
    """Read one or several keys, newest first, with commas or white space between them."""
    try:
        keys = [Fernet(word) for word in text.replace(",", " ").split()]
    except ValueError:
        # The library's text may quote the key.
        raise MasterKeyError(source) from None
    if not keys:
        raise MasterKeyError(source)
    return keys


def _create(path: Path) -> None:
    """Write a new key that only the owner may read, all of it or nothing."""
    draft = path.with_name(f"{path.name}.new")
    try:
        draft.unlink(missing_ok=True)
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(Fernet.generate_key())
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
    except OSError as err:
        raise MasterKeyError(KEY_FILE) from err
