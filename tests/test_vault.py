"""The vault: where the master key comes from, and what happens when it is bad."""

from base64 import urlsafe_b64encode
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
import os
from pathlib import Path
import stat
import traceback

from cryptography.fernet import Fernet
import pytest

from custom_components.eyewitness import vault
from custom_components.eyewitness.vault import (
    ENV_KEY,
    ENV_KEY_FILE,
    KEY_FILE,
    MasterKeyError,
    UndecryptableError,
    Vault,
)

SECRET = "a-canary-0123"
# Fixed, since they are part of test names, which every worker has to agree on.
ONE, TWO, THREE = (urlsafe_b64encode(bytes([n] * 32)).decode() for n in (1, 2, 3))


def _encrypted_with(key: str) -> str:
    return Fernet(key).encrypt(SECRET.encode()).decode()


@pytest.fixture
def own(tmp_path: Path) -> Path:
    """Return where the generated key is."""
    return tmp_path / KEY_FILE


def test_round_trip(tmp_path: Path) -> None:
    """AC4: what is stored is ciphertext, a new one each time, and opens again after a restart."""
    opened = vault.load(tmp_path, {})
    first, second = opened.encrypt(SECRET), opened.encrypt(SECRET)
    assert first != second
    assert SECRET not in first
    assert first.isascii()
    assert vault.load(tmp_path, {}).decrypt(first) == SECRET


@pytest.mark.parametrize("secret", ["", "ключ", "x" * 10_000, "a\nb"])
def test_any_secret(tmp_path: Path, secret: str) -> None:
    """A key is a text like any other."""
    opened = vault.load(tmp_path, {})
    assert opened.decrypt(opened.encrypt(secret)) == secret


def test_the_generated_file(tmp_path: Path, own: Path) -> None:
    """The file is for its owner alone, outside ``.storage``, and holds one good key."""
    vault.load(tmp_path, {})
    assert [path.name for path in tmp_path.iterdir()] == [KEY_FILE]
    assert stat.S_IMODE(own.stat().st_mode) == 0o600
    Fernet(own.read_bytes())
    before = own.read_bytes()
    vault.load(tmp_path, {})
    assert own.read_bytes() == before


def test_the_umask_does_not_matter(tmp_path: Path, own: Path) -> None:
    """A house where everything is open to all keeps this file closed."""
    before = os.umask(0)
    try:
        vault.load(tmp_path, {})
    finally:
        os.umask(before)
    assert stat.S_IMODE(own.stat().st_mode) == 0o600


def test_the_environment_comes_first(tmp_path: Path, own: Path) -> None:
    """The variable counts before the file that another one names, and that before our own."""
    named = tmp_path / "named"
    named.write_text(TWO)
    both = {ENV_KEY: ONE, ENV_KEY_FILE: str(named)}
    assert Fernet(ONE).decrypt(vault.load(tmp_path, both).encrypt(SECRET)) == SECRET.encode()
    opened = vault.load(tmp_path, {ENV_KEY_FILE: str(named)})
    assert Fernet(TWO).decrypt(opened.encrypt(SECRET)) == SECRET.encode()
    assert not own.exists()
    opened = vault.load(tmp_path, {ENV_KEY: " ", ENV_KEY_FILE: "\n"})
    assert own.exists()
    assert Fernet(own.read_bytes()).decrypt(opened.encrypt(SECRET)) == SECRET.encode()


@pytest.mark.parametrize(
    "joined", [f"{ONE},{TWO}", f"{ONE} {TWO}\n", f"\n{ONE}\n{TWO}\n", f"{ONE}, {TWO},"]
)
@pytest.mark.parametrize("source", [ENV_KEY, ENV_KEY_FILE, KEY_FILE])
def test_several_keys(tmp_path: Path, joined: str, source: str) -> None:
    """The newest key encrypts, every key decrypts; that is how a key is changed."""
    environ = {}
    if source == ENV_KEY:
        environ = {ENV_KEY: joined}
    else:
        (tmp_path / KEY_FILE).write_text(joined)
        if source == ENV_KEY_FILE:
            (tmp_path / KEY_FILE).rename(tmp_path / "named")
            environ = {ENV_KEY_FILE: f" {tmp_path / 'named'}\n"}
    opened = vault.load(tmp_path, environ)
    assert Fernet(ONE).decrypt(opened.encrypt(SECRET)) == SECRET.encode()
    assert opened.decrypt(_encrypted_with(ONE)) == SECRET
    assert opened.decrypt(_encrypted_with(TWO)) == SECRET
    with pytest.raises(UndecryptableError):
        opened.decrypt(_encrypted_with(THREE))


@pytest.mark.parametrize("by_file", [False, True])
def test_a_key_from_outside_later(tmp_path: Path, by_file: bool) -> None:
    """Whoever names a key later can still read what the generated file encrypted."""
    old = vault.load(tmp_path, {}).encrypt(SECRET)
    named = tmp_path / "named"
    named.write_text(ONE)
    environ = {ENV_KEY_FILE: str(named)} if by_file else {ENV_KEY: ONE}
    opened = vault.load(tmp_path, environ)
    assert opened.decrypt(old) == SECRET
    assert Fernet(ONE).decrypt(opened.encrypt(SECRET)) == SECRET.encode()


@pytest.mark.parametrize(
    "content",
    [
        "",
        " \n",
        ",",
        ONE[:20],
        ONE[:-1],
        ONE + "x",
        f"{ONE},{TWO[:10]}",
        "passphrase",
        "ключ",
        SECRET,
        "\x00" * 44,
    ],
)
@pytest.mark.parametrize("source", [ENV_KEY, ENV_KEY_FILE, KEY_FILE])
def test_a_bad_key(tmp_path: Path, own: Path, content: str, source: str) -> None:
    """A key that cannot be used is an error that names its source, and is never replaced."""
    environ: dict[str, str] = {}
    file = own
    if source == ENV_KEY_FILE:
        file = tmp_path / "named"
        environ = {ENV_KEY_FILE: str(file)}
    if source == ENV_KEY:
        if not content.strip():
            pytest.skip("an empty variable is none")
        environ = {ENV_KEY: content}
    else:
        file.write_text(content)
    with pytest.raises(MasterKeyError) as caught:
        vault.load(tmp_path, environ)
    assert caught.value.source == source
    assert str(caught.value) == f"no usable master key in {source}"
    _check_silent(caught.value, *content.replace(",", " ").split())
    if source == KEY_FILE:
        assert own.read_text() == content
    else:
        assert not own.exists()


@pytest.mark.parametrize("source", [ENV_KEY_FILE, KEY_FILE])
def test_a_file_that_is_none(tmp_path: Path, own: Path, source: str) -> None:
    """A folder in the place of the file is an error, and so is a named file that is not there."""
    place = own if source == KEY_FILE else tmp_path / "named"
    environ = {} if source == KEY_FILE else {ENV_KEY_FILE: str(place)}
    if source == ENV_KEY_FILE:
        with pytest.raises(MasterKeyError):
            vault.load(tmp_path, environ)
    place.mkdir()
    with pytest.raises(MasterKeyError) as caught:
        vault.load(tmp_path, environ)
    assert caught.value.source == source
    place.rmdir()
    place.write_bytes(b"\xff\xfe")
    with pytest.raises(MasterKeyError):
        vault.load(tmp_path, environ)


def test_our_file_is_bad_beside_a_good_key(tmp_path: Path, own: Path) -> None:
    """The broken file is named, since what it encrypted would be lost without a word otherwise."""
    own.write_text("broken")
    with pytest.raises(MasterKeyError) as caught:
        vault.load(tmp_path, {ENV_KEY: ONE})
    assert caught.value.source == KEY_FILE


def test_open_to_all(tmp_path: Path, own: Path) -> None:
    """A file that an unpacked backup opened to all is closed again; a named one is not ours."""
    ciphertext = vault.load(tmp_path, {}).encrypt(SECRET)
    own.chmod(0o644)
    assert vault.load(tmp_path, {}).decrypt(ciphertext) == SECRET
    assert stat.S_IMODE(own.stat().st_mode) == 0o600
    named = tmp_path / "named"
    named.write_text(ONE)
    named.chmod(0o444)
    own.chmod(0o666)
    vault.load(tmp_path, {ENV_KEY_FILE: str(named)})
    assert stat.S_IMODE(named.stat().st_mode) == 0o444
    assert stat.S_IMODE(own.stat().st_mode) == 0o600


def test_a_file_that_cannot_be_closed(
    tmp_path: Path, own: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On a file system without rights the key is used all the same."""
    vault.load(tmp_path, {})
    own.chmod(0o644)

    def refuse(*_: object) -> None:
        raise PermissionError

    monkeypatch.setattr(Path, "chmod", refuse)
    vault.load(tmp_path, {})


@pytest.mark.parametrize("call", ["open", "fsync"])
def test_a_folder_that_takes_nothing(
    tmp_path: Path, own: Path, monkeypatch: pytest.MonkeyPatch, call: str
) -> None:
    """Where no file can be written there is an error, and no half of a key."""

    def refuse(*_: object) -> None:
        raise OSError(30, "Read-only file system")

    monkeypatch.setattr(os, call, refuse)
    with pytest.raises(MasterKeyError) as caught:
        vault.load(tmp_path, {})
    assert caught.value.source == KEY_FILE
    assert not own.exists()
    monkeypatch.undo()
    assert vault.load(tmp_path, {}).encrypt(SECRET)
    assert own.exists()


def test_a_missing_folder(tmp_path: Path) -> None:
    """A folder that is not there is an error, too."""
    with pytest.raises(MasterKeyError):
        vault.load(tmp_path / "missing", {})


def test_what_was_left_behind(tmp_path: Path, own: Path) -> None:
    """A draft from a start that was cut off is in nobody's way."""
    tmp_path.joinpath(f"{KEY_FILE}.new").write_text("half a k")
    vault.load(tmp_path, {})
    assert [path.name for path in tmp_path.iterdir()] == [KEY_FILE]


def test_many_at_once(tmp_path: Path) -> None:
    """Two that find no file agree on one key."""
    with ThreadPoolExecutor(8) as pool:
        vaults = list(pool.map(lambda _: vault.load(tmp_path, {}), range(8)))
    assert all(each.decrypt(vaults[0].encrypt(SECRET)) == SECRET for each in vaults)


BAD_CIPHERTEXTS: list[Callable[[str], str]] = [
    lambda _: "",
    lambda good: good[:-5],
    lambda good: good.swapcase(),
    lambda _: SECRET,
    lambda _: _encrypted_with(THREE),
    lambda _: "\ud800",
    lambda _: "ключ",
]


@pytest.mark.parametrize("spoil", BAD_CIPHERTEXTS)
def test_a_secret_that_does_not_open(tmp_path: Path, spoil: Callable[[str], str]) -> None:
    """A secret that no key opens is an error of its own, and tells nothing."""
    opened = vault.load(tmp_path, {ENV_KEY: ONE})
    good = opened.encrypt(SECRET)
    with pytest.raises(UndecryptableError) as caught:
        opened.decrypt(spoil(good))
    _check_silent(caught.value, SECRET, good, ONE, THREE)


def test_nothing_to_see(tmp_path: Path) -> None:
    """Neither key nor secret is in what a vault looks like."""
    opened: Vault = vault.load(tmp_path, {ENV_KEY: ONE})
    opened.encrypt(SECRET)
    for text in (repr(opened), str(opened), repr(vars(opened))):
        assert ONE not in text
        assert SECRET not in text


def _check_silent(err: BaseException, *secrets: str) -> None:
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
