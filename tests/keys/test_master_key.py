"""The vault: where the master key comes from, and what happens when it is bad."""

from base64 import urlsafe_b64encode
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
import os
from pathlib import Path
import stat
from statistics import median
import time
import traceback

from cryptography.fernet import Fernet
import pytest

from custom_components.eyewitness.keys import master_key, vault
from custom_components.eyewitness.keys.master_key import MasterKeyError
from custom_components.eyewitness.keys.vault import (
    ENV_KEY,
    ENV_KEY_FILE,
    KEY_FILE,
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
    opened = master_key.load(tmp_path, {})
    first, second = opened.encrypt(SECRET), opened.encrypt(SECRET)
    assert first != second
    assert SECRET not in first
    assert first.isascii()
    assert master_key.load(tmp_path, {}).decrypt(first) == SECRET


@pytest.mark.parametrize("secret", ["", "ключ", "x" * 10_000, "a\nb"])
def test_any_secret(tmp_path: Path, secret: str) -> None:
    """A key is a text like any other."""
    opened = master_key.load(tmp_path, {})
    assert opened.decrypt(opened.encrypt(secret)) == secret


def test_the_generated_file(tmp_path: Path, own: Path) -> None:
    """The file is for its owner alone, outside ``.storage``, and holds one good key."""
    master_key.load(tmp_path, {})
    assert [path.name for path in tmp_path.iterdir()] == [KEY_FILE]
    assert stat.S_IMODE(own.stat().st_mode) == 0o600
    Fernet(own.read_bytes())
    before = own.read_bytes()
    master_key.load(tmp_path, {})
    assert own.read_bytes() == before


def test_the_umask_does_not_matter(tmp_path: Path, own: Path) -> None:
    """A house where everything is open to all keeps this file closed."""
    before = os.umask(0)
    try:
        master_key.load(tmp_path, {})
    finally:
        os.umask(before)
    assert stat.S_IMODE(own.stat().st_mode) == 0o600


def test_the_environment_comes_first(tmp_path: Path, own: Path) -> None:
    """The variable counts before the file that another one names, and that before our own."""
    named = tmp_path / "named"
    named.write_text(TWO)
    both = {ENV_KEY: ONE, ENV_KEY_FILE: str(named)}
    assert Fernet(ONE).decrypt(master_key.load(tmp_path, both).encrypt(SECRET)) == SECRET.encode()
    opened = master_key.load(tmp_path, {ENV_KEY_FILE: str(named)})
    assert Fernet(TWO).decrypt(opened.encrypt(SECRET)) == SECRET.encode()
    assert not own.exists()
    opened = master_key.load(tmp_path, {ENV_KEY: " ", ENV_KEY_FILE: "\n"})
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
    opened = master_key.load(tmp_path, environ)
    assert Fernet(ONE).decrypt(opened.encrypt(SECRET)) == SECRET.encode()
    assert opened.decrypt(_encrypted_with(ONE)) == SECRET
    assert opened.decrypt(_encrypted_with(TWO)) == SECRET
    with pytest.raises(UndecryptableError):
        opened.decrypt(_encrypted_with(THREE))
    assert (opened.source, opened.size) == (vault.SOURCES[source], 2)


@pytest.mark.parametrize("by_file", [False, True])
def test_a_key_from_outside_later(tmp_path: Path, by_file: bool) -> None:
    """Whoever names a key later can still read what the generated file encrypted."""
    old = master_key.load(tmp_path, {}).encrypt(SECRET)
    named = tmp_path / "named"
    named.write_text(ONE)
    environ = {ENV_KEY_FILE: str(named)} if by_file else {ENV_KEY: ONE}
    opened = master_key.load(tmp_path, environ)
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
        master_key.load(tmp_path, environ)
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
            master_key.load(tmp_path, environ)
    place.mkdir()
    with pytest.raises(MasterKeyError) as caught:
        master_key.load(tmp_path, environ)
    assert caught.value.source == source
    place.rmdir()
    place.write_bytes(b"\xff\xfe")
    with pytest.raises(MasterKeyError):
        master_key.load(tmp_path, environ)


@pytest.mark.parametrize("content", ["", "broken", f"{TWO[:20]}"])
def test_our_file_is_bad_beside_a_good_key(tmp_path: Path, own: Path, content: str) -> None:
    """The good key works on; what only the broken file opened, a reauthentication asks for."""
    lost = master_key.load(tmp_path, {}).encrypt(SECRET)
    own.write_text(content)
    opened = master_key.load(tmp_path, {ENV_KEY: ONE})
    assert opened.decrypt(_encrypted_with(ONE)) == SECRET
    with pytest.raises(UndecryptableError):
        opened.decrypt(lost)
    assert (own.read_text(), opened.size, opened.own) == (content, 1, False)


def test_renew(tmp_path: Path, own: Path) -> None:
    """A new key comes first, for the owner alone; the old ones open what they opened."""
    first = master_key.load(tmp_path, {}).encrypt(SECRET)
    master_key.renew(tmp_path)
    master_key.renew(tmp_path)
    opened = master_key.load(tmp_path, {})
    assert (opened.size, opened.own) == (3, True)
    assert opened.decrypt(first) == SECRET
    assert not opened.newest_opens(first)
    second = opened.rotate(first)
    assert opened.newest_opens(second)
    assert opened.decrypt(second) == SECRET
    assert stat.S_IMODE(own.stat().st_mode) == 0o600
    master_key.forget(tmp_path, opened)
    opened = master_key.load(tmp_path, {})
    assert opened.size == 1
    assert opened.decrypt(second) == SECRET
    with pytest.raises(UndecryptableError) as caught:
        opened.rotate(first)
    _check_silent(caught.value, SECRET, first)
    assert [path.name for path in tmp_path.iterdir()] == [KEY_FILE]


@pytest.mark.parametrize(
    "content", [b"", ONE[:20].encode(), f"{ONE}\n{TWO[:9]}".encode(), b"\xff\xfe" + ONE.encode()]
)
def test_renew_sets_a_damaged_file_aside(tmp_path: Path, own: Path, content: bytes) -> None:
    """It may be mended, so it is not deleted."""
    own.write_bytes(content)
    master_key.renew(tmp_path)
    assert master_key.load(tmp_path, {}).size == 1
    damaged = own.with_name(f"{KEY_FILE}.damaged")
    if content:
        assert damaged.read_bytes() == content
    assert {path.name for path in tmp_path.iterdir()} <= {KEY_FILE, damaged.name}


@pytest.mark.parametrize("call", ["open", "replace", "read"])
def test_renew_where_nothing_can_be_written(
    tmp_path: Path, own: Path, monkeypatch: pytest.MonkeyPatch, call: str
) -> None:
    """Then the key in use stays as it is, a damaged one as well."""
    ciphertext = master_key.load(tmp_path, {}).encrypt(SECRET)
    before = own.read_bytes()

    def refuse(*_: object, **__: object) -> None:
        raise OSError(30, "Read-only file system")

    targets: dict[str, tuple[object, str]] = {
        "open": (os, "open"),
        "replace": (Path, "replace"),
        "read": (Path, "read_bytes"),
    }
    with monkeypatch.context() as patch:
        patch.setattr(*targets[call], refuse)
        with pytest.raises(MasterKeyError) as caught:
            master_key.renew(tmp_path)
        assert caught.value.source == KEY_FILE
        _check_silent(caught.value, before.decode())
    assert own.read_bytes() == before
    assert master_key.load(tmp_path, {}).decrypt(ciphertext) == SECRET
    if call == "replace":
        own.write_bytes(b"\xff" + before)
        monkeypatch.setattr(Path, "replace", refuse)
        with pytest.raises(MasterKeyError) as caught:
            master_key.renew(tmp_path)
        _check_silent(caught.value, before.decode())
        assert own.read_bytes() == b"\xff" + before


def test_forget_where_nothing_can_be_written(
    tmp_path: Path, own: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is done at the next start, then."""
    master_key.load(tmp_path, {})
    master_key.renew(tmp_path)
    opened, before = master_key.load(tmp_path, {}), own.read_bytes()

    def refuse(*_: object) -> None:
        raise OSError(30, "Read-only file system")

    monkeypatch.setattr(Path, "replace", refuse)
    master_key.forget(tmp_path, opened)
    assert own.read_bytes() == before
    monkeypatch.undo()
    master_key.forget(tmp_path, opened)
    assert own.read_bytes() == before.splitlines()[0]


def test_forget_leaves_what_is_not_ours(tmp_path: Path, own: Path) -> None:
    """With a key from outside our file stays; so does a single key."""
    master_key.load(tmp_path, {})
    master_key.renew(tmp_path)
    before = own.read_bytes()
    master_key.forget(tmp_path, master_key.load(tmp_path, {ENV_KEY: ONE}))
    assert own.read_bytes() == before
    master_key.forget(tmp_path, master_key.load(tmp_path, {}))
    inode = own.stat().st_ino
    master_key.forget(tmp_path, master_key.load(tmp_path, {}))
    assert own.stat().st_ino == inode


@pytest.mark.parametrize("source", [ENV_KEY, ENV_KEY_FILE, KEY_FILE])
@pytest.mark.parametrize("spoiled", [b"\xff", "ключ".encode(), b"x"], ids=["byte", "word", "x"])
def test_a_spoiled_file_is_never_quoted(
    tmp_path: Path, own: Path, source: str, spoiled: bytes
) -> None:
    """Good keys beside the damage are in no error, nor in one that it came from."""
    content = ONE.encode() + b"\n" + spoiled + b" " + TWO.encode() + spoiled
    named = tmp_path / "named"
    (own if source == KEY_FILE else named).write_bytes(content)
    environ = {
        ENV_KEY: {ENV_KEY: content.decode("ascii", "surrogateescape")},
        ENV_KEY_FILE: {ENV_KEY_FILE: str(named)},
        KEY_FILE: {},
    }[source]
    with pytest.raises(MasterKeyError) as caught:
        master_key.load(tmp_path, environ)
    _check_silent(caught.value, ONE, TWO)


@pytest.mark.parametrize("ciphertext", ["", "lost", "ключ", "\ud800", "gAAAAA"])
def test_what_no_key_opens_is_not_opened_by_the_newest(tmp_path: Path, ciphertext: str) -> None:
    """Whatever stands there: the start asks this of every stored key."""
    assert not master_key.load(tmp_path, {}).newest_opens(ciphertext)


def test_sealed(tmp_path: Path) -> None:
    """A ciphertext is told from the vendors' keys."""
    assert vault.sealed(master_key.load(tmp_path, {}).encrypt(SECRET))
    for key in ("", "sk-proj-0123", "xai-0123", "AIzaSy0123", "sk-ant-api03-0123"):
        assert not vault.sealed(key)


def test_what_it_costs_at_the_start(
    tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    """Opening the vault and four keys is nothing that anybody would notice."""
    stored = [master_key.load(tmp_path, {}).encrypt(f"{SECRET}-{number}") for number in range(4)]
    taken = []
    for _ in range(200):
        began = time.perf_counter()
        opened = master_key.load(tmp_path, {})
        assert len([opened.decrypt(ciphertext) for ciphertext in stored]) == 4
        taken.append((time.perf_counter() - began) * 1000)
    record_property("median_ms", round(median(taken), 3))
    assert median(taken) < 50


def test_open_to_all(tmp_path: Path, own: Path) -> None:
    """A file that an unpacked backup opened to all is closed again; a named one is not ours."""
    ciphertext = master_key.load(tmp_path, {}).encrypt(SECRET)
    own.chmod(0o644)
    assert master_key.load(tmp_path, {}).decrypt(ciphertext) == SECRET
    assert stat.S_IMODE(own.stat().st_mode) == 0o600
    named = tmp_path / "named"
    named.write_text(ONE)
    named.chmod(0o444)
    own.chmod(0o666)
    master_key.load(tmp_path, {ENV_KEY_FILE: str(named)})
    assert stat.S_IMODE(named.stat().st_mode) == 0o444
    assert stat.S_IMODE(own.stat().st_mode) == 0o600


def test_a_file_that_cannot_be_closed(
    tmp_path: Path, own: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On a file system without rights the key is used all the same."""
    master_key.load(tmp_path, {})
    own.chmod(0o644)

    def refuse(*_: object) -> None:
        raise PermissionError

    monkeypatch.setattr(Path, "chmod", refuse)
    master_key.load(tmp_path, {})


@pytest.mark.parametrize("call", ["open", "fsync"])
def test_a_folder_that_takes_nothing(
    tmp_path: Path, own: Path, monkeypatch: pytest.MonkeyPatch, call: str
) -> None:
    """Where no file can be written there is an error, and no half of a key."""

    def refuse(*_: object) -> None:
        raise OSError(30, "Read-only file system")

    monkeypatch.setattr(os, call, refuse)
    with pytest.raises(MasterKeyError) as caught:
        master_key.load(tmp_path, {})
    assert caught.value.source == KEY_FILE
    assert not own.exists()
    monkeypatch.undo()
    assert master_key.load(tmp_path, {}).encrypt(SECRET)
    assert own.exists()


def test_a_missing_folder(tmp_path: Path) -> None:
    """A folder that is not there is an error, too."""
    with pytest.raises(MasterKeyError):
        master_key.load(tmp_path / "missing", {})


def test_what_was_left_behind(tmp_path: Path, own: Path) -> None:
    """A draft from a start that was cut off is in nobody's way."""
    tmp_path.joinpath(f"{KEY_FILE}.new").write_text("half a k")
    master_key.load(tmp_path, {})
    assert [path.name for path in tmp_path.iterdir()] == [KEY_FILE]


def test_many_at_once(tmp_path: Path) -> None:
    """Two that find no file agree on one key."""
    with ThreadPoolExecutor(8) as pool:
        vaults = list(pool.map(lambda _: master_key.load(tmp_path, {}), range(8)))
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
    opened = master_key.load(tmp_path, {ENV_KEY: ONE})
    good = opened.encrypt(SECRET)
    with pytest.raises(UndecryptableError) as caught:
        opened.decrypt(spoil(good))
    _check_silent(caught.value, SECRET, good, ONE, THREE)


def test_nothing_to_see(tmp_path: Path) -> None:
    """Neither key nor secret is in what a vault looks like."""
    opened: Vault = master_key.load(tmp_path, {ENV_KEY: ONE})
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
