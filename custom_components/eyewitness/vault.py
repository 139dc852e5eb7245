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
SOURCES: Final = {
    ENV_KEY: "environment",
    ENV_KEY_FILE: "file from the environment",
    KEY_FILE: "own file",
}
"""The places in words that may be shown to anybody: without a path."""
_CREATING: Final = Lock()
_BEGINNING: Final = "gAAAAA"
"""How every Fernet token begins: its version, and a time before the year 2106."""


class VaultError(Exception):
    """Report that a master key or a secret cannot be used; it never carries either."""


class MasterKeyError(VaultError):
    """Report a master key that cannot be read or is none."""

    def __init__(self, source: str) -> None:
        """Name where the key was looked for."""
        super().__init__(f"no usable master key in {source}")
        self.source = source


class DamagedKeyError(MasterKeyError):
    """Report that our own key file is there and holds no key: what it opened is lost."""


class UndecryptableError(VaultError):
    """Report a secret that none of the master keys opens."""


class Vault:
    """Encrypt and decrypt with Fernet, which is AES-128-CBC with HMAC-SHA256."""

    def __init__(self, keys: list[Fernet], source: str) -> None:
        """Take the master keys, newest first: the first one encrypts, every one decrypts."""
        self._fernet = MultiFernet(keys)
        self._newest = keys[0]
        self.own = source == KEY_FILE
        """Whether the newest key is in our own file."""
        self.source = SOURCES[source]
        self.size = len(keys)

    def encrypt(self, secret: str) -> str:
        """Return the ciphertext as text."""
        return self._fernet.encrypt(secret.encode()).decode("ascii")

    def rotate(self, ciphertext: str) -> str:
        """Return the same secret under the newest key; raise ``UndecryptableError``."""
        return self.encrypt(self.decrypt(ciphertext))

    def decrypt(self, ciphertext: str) -> str:
        """Return the secret; raise ``UndecryptableError`` when no master key opens it."""
        try:
            opened = self._fernet.decrypt(ciphertext.encode("utf-8", "replace"))
        except InvalidToken as err:
            raise UndecryptableError from err
        return opened.decode()

    def newest_opens(self, ciphertext: str) -> bool:
        """Say whether the newest key alone would do."""
        try:
            self._newest.decrypt(ciphertext.encode("utf-8", "replace"))
        except InvalidToken:
            return False
        return True


def load(folder: Path, environ: Mapping[str, str]) -> Vault:
    """Return the vault; blocking, since it reads and may write a file.

    The master key comes from the environment, else from the file that the environment names, else
    from a file in the config folder, which is made when there is none. A key from outside does not
    lock out what the folder's file encrypted before: that one still decrypts.
    Raises ``MasterKeyError``: a key that was named and cannot be used must never be replaced by
    another one silently.
    """
    own = folder / KEY_FILE
    source = KEY_FILE
    if (text := environ.get(ENV_KEY, "")).strip():
        source = ENV_KEY
        keys = _parse(text, source)
    elif (name := environ.get(ENV_KEY_FILE, "")).strip():
        source = ENV_KEY_FILE
        keys = _read(Path(name.strip()), source)
    else:
        with _CREATING:
            if not own.exists():
                _write(own, [new_key()])
        return Vault(_own(own), source)
    if own.exists():
        with suppress(DamagedKeyError):  # what it may have opened, a reauthentication asks for
            keys += _own(own)
    return Vault(keys, source)


def renew(folder: Path) -> None:
    """Put a new key first in our own file and keep the old ones behind it; blocking.

    What was encrypted before can still be decrypted until ``forget`` takes the old ones away. A
    damaged file is set aside and not deleted, since a mended one may open what is lost now.
    Raises ``MasterKeyError`` when the file cannot be written.
    """
    own = folder / KEY_FILE
    with _CREATING:
        try:
            old = _words(own) if own.exists() else []
            _parse(" ".join(old) or new_key(), KEY_FILE)
        except MasterKeyError:
            old = []
            _set_aside(own)
        except OSError as err:
            raise MasterKeyError(KEY_FILE) from err
        _write(own, [new_key(), *old])


def forget(folder: Path, opened: Vault) -> None:
    """Keep only the newest key in our own file, if that is where it comes from; blocking."""
    if not opened.own or opened.size < 2:  # noqa: PLR2004
        return
    own = folder / KEY_FILE
    with _CREATING, suppress(OSError, MasterKeyError):  # at the next start, then
        _write(own, _words(own)[:1])


def sealed(text: str) -> bool:
    """Say whether a text has the form that ``Vault.encrypt`` gives it."""
    return text.startswith(_BEGINNING)


def new_key() -> str:
    """Return a master key."""
    return Fernet.generate_key().decode("ascii")


def _text(path: Path) -> str:
    """Read a file; what is no ASCII is no key, and a decoding error would quote all of it."""
    return path.read_bytes().decode("ascii", "replace")


def _words(path: Path) -> list[str]:
    return _text(path).replace(",", " ").split()


def _set_aside(path: Path) -> None:
    try:
        path.replace(path.with_name(f"{path.name}.damaged"))
    except OSError as err:
        raise MasterKeyError(KEY_FILE) from err


def _own(path: Path) -> list[Fernet]:
    """Read our own file, and take it back from others, to whom an unpacked backup may give it."""
    with suppress(OSError):
        if path.stat().st_mode & 0o077:
            path.chmod(0o600)
    try:
        return _parse(_text(path), KEY_FILE)
    except OSError as err:
        raise MasterKeyError(KEY_FILE) from err
    except MasterKeyError as err:
        raise DamagedKeyError(KEY_FILE) from err


def _read(path: Path, source: str) -> list[Fernet]:
    try:
        return _parse(_text(path), source)
    except OSError as err:
        raise MasterKeyError(source) from err


def _parse(text: str, source: str) -> list[Fernet]:
    """Read one or several keys, newest first, with commas or white space between them."""
    keys: list[Fernet] = []
    with suppress(ValueError):  # its text may quote the key: it must not travel with ours
        keys = [Fernet(word) for word in text.replace(",", " ").split()]
    if not keys:
        raise MasterKeyError(source)
    return keys


def _write(path: Path, keys: list[str]) -> None:
    """Write keys so that only the owner may read them, all of them or nothing."""
    draft = path.with_name(f"{path.name}.new")
    try:
        draft.unlink(missing_ok=True)
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write("\n".join(keys))
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
    except OSError as err:
        raise MasterKeyError(KEY_FILE) from err
