"""Where the master key comes from, and what happens when it is bad."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
import os
from pathlib import Path
import stat
from statistics import median
import timeit

import pytest

from custom_components.eyewitness.keys import master_key
from custom_components.eyewitness.keys.master_key import (
    ENV_KEY,
    ENV_KEY_FILE,
    KEY_FILE,
    SOURCES,
    DamagedKeyError,
    MasterKeyError,
    is_from_own_file,
    load,
)
from custom_components.eyewitness.keys.vault import UndecryptableError

from .kit import ONE, SECRET, TWO, check_silent, decrypted_with, encrypted_with, refuse


def put(folder: Path, source: str, content: bytes | str) -> dict[str, str]:
    """Put something where a source is read; return the environment that goes with it."""
    content = content.encode() if isinstance(content, str) else content
    if source == ENV_KEY:
        return {ENV_KEY: os.fsdecode(content)}
    if source == KEY_FILE:
        folder.joinpath(KEY_FILE).write_bytes(content)
        return {}
    folder.joinpath("named").write_bytes(content)
    return {ENV_KEY_FILE: f" {folder / 'named'}\n"}


def mode(path: Path) -> int:
    """Return who may read and write a file."""
    return stat.S_IMODE(path.stat().st_mode)


def test_the_generated_file(tmp_path: Path, own_file: Path) -> None:
    """AC4: it is for its owner alone whatever the umask is, and opens again after a restart.

    A draft from a start that was cut off is in nobody's way.
    """
    tmp_path.joinpath(f"{KEY_FILE}.new").write_text("half a k")
    before = os.umask(0)
    try:
        ciphertext = load(tmp_path, {}).encrypt(SECRET)
    finally:
        os.umask(before)
    assert [path.name for path in tmp_path.iterdir()] == [KEY_FILE]
    assert mode(own_file) == 0o600
    key = own_file.read_text()
    assert decrypted_with(key, ciphertext) == SECRET
    assert load(tmp_path, {}).decrypt(ciphertext) == SECRET
    assert own_file.read_text() == key


def test_the_environment_comes_first(tmp_path: Path, own_file: Path) -> None:
    """The variable counts before the file that another one names, and that before our own."""
    by_name = put(tmp_path, ENV_KEY_FILE, TWO)
    assert decrypted_with(ONE, load(tmp_path, {ENV_KEY: ONE, **by_name}).encrypt(SECRET)) == SECRET
    assert decrypted_with(TWO, load(tmp_path, by_name).encrypt(SECRET)) == SECRET
    assert not own_file.exists()
    vault = load(tmp_path, {ENV_KEY: " ", ENV_KEY_FILE: "\n"})
    assert decrypted_with(own_file.read_text(), vault.encrypt(SECRET)) == SECRET


@pytest.mark.parametrize(
    "joined", [f"{ONE},{TWO}", f"{ONE} {TWO}\n", f"\n{ONE}\n{TWO}\n", f"{ONE}, {TWO},"]
)
@pytest.mark.parametrize("source", SOURCES)
def test_several_keys(tmp_path: Path, joined: str, source: str) -> None:
    """The first one encrypts, every one decrypts."""
    vault = load(tmp_path, put(tmp_path, source, joined))
    assert decrypted_with(ONE, vault.encrypt(SECRET)) == SECRET
    assert vault.decrypt(encrypted_with(TWO)) == SECRET
    assert (vault.source, vault.size) == (SOURCES[source], 2)
    assert is_from_own_file(vault) == (source == KEY_FILE)


@pytest.mark.parametrize("damage", [None, "", "broken", TWO[:20]])
@pytest.mark.parametrize("source", [ENV_KEY, ENV_KEY_FILE])
def test_a_key_from_outside_later(
    tmp_path: Path, own_file: Path, source: str, damage: str | None
) -> None:
    """It encrypts; our own file still opens what it can, and a reauthentication asks for the rest.

    The file stays as it is.
    """
    old = load(tmp_path, {}).encrypt(SECRET)
    if damage is not None:
        own_file.write_text(damage)
    before = own_file.read_text()
    vault = load(tmp_path, put(tmp_path, source, ONE))
    assert decrypted_with(ONE, vault.encrypt(SECRET)) == SECRET
    assert not is_from_own_file(vault)
    assert own_file.read_text() == before
    if damage is None:
        assert (vault.decrypt(old), vault.size) == (SECRET, 2)
    else:
        assert vault.size == 1
        with pytest.raises(UndecryptableError):
            vault.decrypt(old)


BAD: dict[str, bytes | str] = {
    "empty": "",
    "blank": " \n",
    "comma": ",",
    "half a key": ONE[:20],
    "short": ONE[:-1],
    "long": ONE + "x",
    "one of two": f"{ONE},{TWO[:10]}",
    "passphrase": "passphrase",
    "cyrillic": "ключ",
    "secret": SECRET,
    "zeros": b"\x00" * 44,
    "no text": b"\xff\xfe",
    "spoiled byte": f"{ONE}\n".encode() + b"\xff" + f" {TWO}".encode() + b"\xff",
    "spoiled word": f"{ONE}\nключ {TWO}ключ",
    "spoiled x": f"{ONE}\nx {TWO}x",
}


@pytest.mark.parametrize(
    ("source", "content"),
    [
        pytest.param(source, content, id=f"{name} {source}")
        for name, content in BAD.items()
        for source in SOURCES
        if content.strip() or source != ENV_KEY  # an empty variable is none
    ],
)
def test_a_bad_key(tmp_path: Path, own_file: Path, content: bytes | str, source: str) -> None:
    """It is an error that names its source and quotes nothing; no other key takes its place."""
    environ = put(tmp_path, source, content)
    before = own_file.read_bytes() if own_file.exists() else None
    with pytest.raises(MasterKeyError) as caught:
        load(tmp_path, environ)
    assert isinstance(caught.value, DamagedKeyError) == (source == KEY_FILE)
    assert caught.value.source == source
    assert str(caught.value) == f"no usable master key in {source}"
    words = os.fsdecode(content.encode() if isinstance(content, str) else content)
    check_silent(caught.value, ONE, TWO, *words.replace(",", " ").split())
    assert (own_file.read_bytes() if own_file.exists() else None) == before


@pytest.mark.parametrize("source", [ENV_KEY_FILE, KEY_FILE])
@pytest.mark.parametrize("found", ["nothing", "a folder"])
def test_no_file_to_read(tmp_path: Path, source: str, found: str) -> None:
    """Then what may be in it is not lost, and no other key takes its place."""
    folder = tmp_path / "missing"
    if found == "a folder":
        folder.joinpath(KEY_FILE).mkdir(parents=True)
    environ = {ENV_KEY_FILE: str(folder / KEY_FILE)} if source == ENV_KEY_FILE else {}
    with pytest.raises(MasterKeyError) as caught:
        load(folder, environ)
    assert caught.value.source == source
    assert not isinstance(caught.value, DamagedKeyError)


def test_renew_and_forget(tmp_path: Path, own_file: Path) -> None:
    """A new key comes first, for the owner alone; the old ones open until they are forgotten."""
    first = load(tmp_path, {}).encrypt(SECRET)
    master_key.renew(tmp_path)
    master_key.renew(tmp_path)
    vault = load(tmp_path, {})
    assert vault.size == 3
    assert not vault.newest_opens(first)
    second = vault.rotate(first)
    assert mode(own_file) == 0o600
    master_key.forget(tmp_path, vault)
    vault = load(tmp_path, {})
    assert vault.size == 1
    assert vault.decrypt(second) == SECRET
    with pytest.raises(UndecryptableError):
        vault.rotate(first)
    assert [path.name for path in tmp_path.iterdir()] == [KEY_FILE]


@pytest.mark.parametrize(
    "content", [b"", ONE[:20].encode(), f"{ONE}\n{TWO[:9]}".encode(), b"\xff\xfe" + ONE.encode()]
)
def test_renew_sets_a_damaged_file_aside(tmp_path: Path, own_file: Path, content: bytes) -> None:
    """It may be mended, so it is not deleted."""
    own_file.write_bytes(content)
    master_key.renew(tmp_path)
    assert load(tmp_path, {}).size == 1
    damaged = own_file.with_name(f"{KEY_FILE}.damaged")
    if content:
        assert damaged.read_bytes() == content
    assert {path.name for path in tmp_path.iterdir()} <= {KEY_FILE, damaged.name}


@pytest.mark.parametrize(
    ("target", "content"),
    [
        ((os, "open"), None),
        ((os, "fsync"), None),
        ((os, "open"), ONE.encode()),
        ((Path, "replace"), ONE.encode()),
        ((Path, "replace"), b"\xff" + ONE.encode()),
        ((Path, "read_bytes"), ONE.encode()),
    ],
)
def test_a_disk_that_takes_nothing(
    tmp_path: Path,
    own_file: Path,
    monkeypatch: pytest.MonkeyPatch,
    target: tuple[object, str],
    content: bytes | None,
) -> None:
    """There is an error and no half of a key; a key in use stays, and so does a damaged one."""
    call: Callable[[], object] = partial(load, tmp_path, {})
    if content is not None:
        own_file.write_bytes(content)
        call = partial(master_key.renew, tmp_path)
    with monkeypatch.context() as patch:
        patch.setattr(*target, refuse)
        with pytest.raises(MasterKeyError) as caught:
            call()
    assert caught.value.source == KEY_FILE
    check_silent(caught.value, ONE)
    assert (own_file.read_bytes() if own_file.exists() else None) == content
    master_key.renew(tmp_path)
    assert load(tmp_path, {}).size == (2 if content == ONE.encode() else 1)


def test_forget_where_nothing_can_be_written(
    tmp_path: Path, own_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is done at the next start, then."""
    own_file.write_text(f"{ONE}\n{TWO}")
    vault = load(tmp_path, {})
    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", refuse)
        master_key.forget(tmp_path, vault)
    assert own_file.read_text() == f"{ONE}\n{TWO}"
    master_key.forget(tmp_path, vault)
    assert own_file.read_text() == ONE


def test_forget_leaves_what_is_not_ours(tmp_path: Path, own_file: Path) -> None:
    """With a key from outside our file stays; so does a single key."""
    for content, environ in ((f"{ONE}\n{TWO}", {ENV_KEY: ONE}), (ONE, {})):
        own_file.write_text(content)
        inode = own_file.stat().st_ino
        master_key.forget(tmp_path, load(tmp_path, environ))
        assert (own_file.read_text(), own_file.stat().st_ino) == (content, inode)


def test_open_to_all(tmp_path: Path, own_file: Path) -> None:
    """A file that an unpacked backup opened to all is closed again; a named one is not ours."""
    own_file.write_text(ONE)
    own_file.chmod(0o644)
    assert load(tmp_path, {}).decrypt(encrypted_with(ONE)) == SECRET
    assert mode(own_file) == 0o600
    environ = put(tmp_path, ENV_KEY_FILE, TWO)
    tmp_path.joinpath("named").chmod(0o444)
    own_file.chmod(0o666)
    load(tmp_path, environ)
    assert (mode(tmp_path / "named"), mode(own_file)) == (0o444, 0o600)


def test_a_file_that_cannot_be_closed(
    tmp_path: Path, own_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On a file system without rights the key is used all the same."""
    own_file.write_text(ONE)
    own_file.chmod(0o644)
    monkeypatch.setattr(Path, "chmod", refuse)
    assert load(tmp_path, {}).size == 1


def test_many_at_once(tmp_path: Path) -> None:
    """Two that find no file agree on one key."""
    with ThreadPoolExecutor(8) as pool:
        vaults = list(pool.map(lambda _: load(tmp_path, {}), range(8)))
    assert all(each.decrypt(vaults[0].encrypt(SECRET)) == SECRET for each in vaults)


def test_what_it_costs_at_the_start(tmp_path: Path) -> None:
    """Opening the vault and four keys is nothing that anybody would notice."""
    stored = [load(tmp_path, {}).encrypt(SECRET) for _ in range(4)]

    def start() -> None:
        vault = load(tmp_path, {})
        for ciphertext in stored:
            vault.decrypt(ciphertext)

    assert median(timeit.repeat(start, repeat=200, number=1)) < 0.05
