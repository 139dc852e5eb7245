"""Find the master key: in the environment, in a file that it names, or in our own file."""

from collections.abc import Mapping
from contextlib import suppress
import os
from pathlib import Path
from threading import Lock
from typing import Final

from cryptography.fernet import Fernet

from .vault import ENV_KEY, ENV_KEY_FILE, KEY_FILE, Vault, VaultError

_CREATING: Final = Lock()


class MasterKeyError(VaultError):
    """Report a master key that cannot be read or is none."""

    def __init__(self, source: str) -> None:
        """Name where the key was looked for."""
        super().__init__(f"no usable master key in {source}")
        self.source = source


class DamagedKeyError(MasterKeyError):
    """Report that our own key file is there and holds no key: what it opened is lost."""


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
