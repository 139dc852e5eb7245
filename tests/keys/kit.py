"""Master keys for tests, and a check that no error quotes one."""

from base64 import urlsafe_b64encode
import traceback

from cryptography.fernet import Fernet

SECRET = "a-canary-0123"
# Fixed, since they are part of test names, which every worker has to agree on.
ONE, TWO, THREE = (urlsafe_b64encode(bytes([n] * 32)).decode() for n in (1, 2, 3))


def encrypted_with(key: str) -> str:
    """Return the secret under one master key."""
    return Fernet(key).encrypt(SECRET.encode()).decode()


def decrypted_with(key: str, ciphertext: str) -> str:
    """Return what one master key alone opens."""
    return Fernet(key).decrypt(ciphertext).decode()


def refuse(*_: object, **__: object) -> None:
    """Do what a disk does that takes nothing."""
    raise OSError(30, "Read-only file system")


def check_silent(err: BaseException, *secrets: str) -> None:
    """Fail when an error, or one that it came from, quotes a secret."""
    seen: list[BaseException] = []
    todo: list[BaseException | None] = [err]
    while todo:
        if (each := todo.pop()) is not None and each not in seen:
            seen.append(each)
            todo += [each.__cause__, each.__context__]
    texts = ["".join(traceback.format_exception(err))]
    texts += [f"{each!r} {each} {each.args} {vars(each)}" for each in seen]
    for secret in secrets:
        assert not any(secret in text for text in texts if len(secret) > 5)
