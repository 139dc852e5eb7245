"""Encrypt the providers' keys before Home Assistant stores them.

Home Assistant keeps config entries as plain JSON, and every backup carries them. What each source
of the master key protects against is in the README.
"""

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

_BEGINNING: Final = "gAAAAA"
"""How every Fernet token begins: its version, and a time before the year 2106."""


class VaultError(Exception):
    """Report that a master key or a secret cannot be used; it never carries either."""


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


def sealed(text: str) -> bool:
    """Say whether a text has the form that ``Vault.encrypt`` gives it."""
    return text.startswith(_BEGINNING)
