"""Find the master key: in the environment, in a file that it names, or in our own file."""

from collections.abc import Mapping
from contextlib import suppress
import os
from pathlib import Path
from threading import Lock
from typing import Final

from cryptography.fernet import Fernet

from .vault import Vault, VaultError

ENV_KEY: Final = "EYEWITNESS_MASTER_KEY"
ENV_KEY_FILE: Final = "EYEWITNESS_MASTER_KEY_FILE"
KEY_FILE: Final = ".eyewitness_master_key"
"""Our own file, in the config folder."""
SOURCES: Final = {
    ENV_KEY: "environment",
    ENV_KEY_FILE: "file from the environment",
    KEY_FILE: "own file",
}
"""The places in words that may be shown to anybody: without a path."""

_WRITING: Final = Lock()
"""Held while our own file is made or changed."""


class MasterKeyError(VaultError):
    """A master key that cannot be read or is none."""

    def __init__(self, source: str) -> None:
        """Name the variable or the file of ``SOURCES`` where the key was looked for."""
        super().__init__(f"no usable master key in {source}")
        self.source = source


class DamagedKeyError(MasterKeyError):
    """Our own key file is there and holds no key: what it opened is lost."""


def load(folder: Path, environ: Mapping[str, str]) -> Vault:
    """Return the vault; blocking, since it reads and may write a file.

    The master key comes from the environment, else from the file that the environment names, else
    from a file in the config folder, which is made when there is none. A key from outside does not
    lock out what the folder's file encrypted before: that one still decrypts.
    Raises ``MasterKeyError``: a key that was named and cannot be used must never be replaced by
    another one silently. It is a ``DamagedKeyError`` when only our own file is to blame.
    """
    own_file = folder / KEY_FILE
    if (text := environ.get(ENV_KEY, "")).strip():
        source = ENV_KEY
        keys = _parse(text, source)
    elif (name := environ.get(ENV_KEY_FILE, "")).strip():
        source = ENV_KEY_FILE
        keys = _read_named_file(Path(name.strip()))
    else:
        with _WRITING:
            if not own_file.exists():
                _write(own_file, [new_key()])
        return Vault(_read_own_file(own_file), SOURCES[KEY_FILE])
    if own_file.exists():
        with suppress(DamagedKeyError):  # what it may have opened, a reauthentication asks for
            keys += _read_own_file(own_file)
    return Vault(keys, SOURCES[source])


def is_from_own_file(vault: Vault) -> bool:
    """Return whether a vault's newest key is in our own file, where we may replace it."""
    return vault.source == SOURCES[KEY_FILE]


def renew(folder: Path) -> None:
    """Put a new key first in our own file and keep the old ones behind it; blocking.

    What was encrypted before can still be decrypted until ``forget`` takes the old ones away. A
    damaged file is set aside and not deleted, since a mended one may open what is lost now.
    Raises ``MasterKeyError`` when the file cannot be read or written.
    """
    own_file = folder / KEY_FILE
    with _WRITING:
        try:
            old_keys = _split(_read_text(own_file)) if own_file.exists() else []
            _parse(" ".join(old_keys) or new_key(), KEY_FILE)
        except MasterKeyError:
            old_keys = []
            _set_aside(own_file)
        except OSError as err:
            raise MasterKeyError(KEY_FILE) from err
        _write(own_file, [new_key(), *old_keys])


def forget(folder: Path, vault: Vault) -> None:
    """Keep only the newest key in our own file, if a vault comes from there; blocking.

    Raises nothing: a file that cannot be written now is tried again at the next start.
    """
    if not is_from_own_file(vault) or vault.size < 2:  # noqa: PLR2004
        return
    own_file = folder / KEY_FILE
    with _WRITING, suppress(OSError, MasterKeyError):
        _write(own_file, _split(_read_text(own_file))[:1])


def new_key() -> str:
    """Return a master key: 32 random bytes in URL-safe base64."""
    return Fernet.generate_key().decode("ascii")


def _read_named_file(path: Path) -> list[Fernet]:
    try:
        return _parse(_read_text(path), ENV_KEY_FILE)
    except OSError as err:
        raise MasterKeyError(ENV_KEY_FILE) from err


def _read_own_file(path: Path) -> list[Fernet]:
    """Read our own file, and take it back from others, to whom an unpacked backup may give it."""
    with suppress(OSError):
        if path.stat().st_mode & 0o077:
            path.chmod(0o600)
    try:
        return _parse(_read_text(path), KEY_FILE)
    except OSError as err:
        raise MasterKeyError(KEY_FILE) from err
    except MasterKeyError as err:
        raise DamagedKeyError(KEY_FILE) from err


def _read_text(path: Path) -> str:
    """Read a file; what is no ASCII is no key, and a decoding error would quote all of it."""
    return path.read_bytes().decode("ascii", "replace")


def _parse(text: str, source: str) -> list[Fernet]:
    """Read one or several keys, newest first."""
    keys: list[Fernet] = []
    with suppress(ValueError):  # its text may quote the key: it must not travel with ours
        keys = [Fernet(key) for key in _split(text)]
    if not keys:
        raise MasterKeyError(source)
    return keys


def _split(text: str) -> list[str]:
    """Return the keys of a text, with commas or white space between them."""
    return text.replace(",", " ").split()


def _set_aside(path: Path) -> None:
    try:
        path.replace(path.with_name(f"{path.name}.damaged"))
    except OSError as err:
        raise MasterKeyError(KEY_FILE) from err


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
