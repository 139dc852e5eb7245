"""Encrypt the providers' keys before Home Assistant stores them.

Home Assistant keeps config entries as plain JSON, and every backup carries them. What each source
of the master key protects against is in the README.
"""

from typing import Final

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

_FERNET_PREFIX: Final = "gAAAAA"
"""How every Fernet token begins: its version, and a time before the year 2106."""


class VaultError(Exception):
    """A master key or a secret that cannot be used; the error never carries either."""


class UndecryptableError(VaultError):
    """A secret that none of the master keys opens."""


class Vault:
    """Encryption with Fernet, which is AES-128-CBC with HMAC-SHA256."""

    def __init__(self, keys: list[Fernet], source: str) -> None:
        """Take the master keys, newest first: the first one encrypts, every one decrypts.

        ``source`` says where the newest comes from, in words that may be shown to anybody.
        """
        self._fernet = MultiFernet(keys)
        self._newest = keys[0]
        self.source = source
        self.size = len(keys)
        """Number of master keys."""

    def encrypt(self, secret: str) -> str:
        """Return the ciphertext under the newest key, as ASCII."""
        return self._fernet.encrypt(secret.encode()).decode("ascii")

    def decrypt(self, ciphertext: str) -> str:
        """Return the secret; raise ``UndecryptableError`` when no master key opens it."""
        try:
            secret = self._fernet.decrypt(ciphertext.encode("utf-8", "replace"))
        except InvalidToken as err:
            raise UndecryptableError from err
        return secret.decode()

    def rotate(self, ciphertext: str) -> str:
        """Return the same secret under the newest key; raise ``UndecryptableError``."""
        return self.encrypt(self.decrypt(ciphertext))

    def newest_opens(self, ciphertext: str) -> bool:
        """Return whether the newest key alone would do."""
        try:
            self._newest.decrypt(ciphertext.encode("utf-8", "replace"))
        except InvalidToken:
            return False
        return True


def is_encrypted(text: str) -> bool:
    """Return whether a text has the form that ``Vault.encrypt`` gives it."""
    return text.startswith(_FERNET_PREFIX)
