"""C2: the master key is changed, moved or lost, and the entry works again in the end."""

# ruff: noqa: ASYNC240 - a few bytes in a folder of the test's own

from base64 import urlsafe_b64encode
from collections.abc import Callable
import os
from pathlib import Path
import stat
from typing import Any, cast

from cryptography.fernet import Fernet
from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import Context, CoreState, HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.exceptions import HomeAssistantError, Unauthorized
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, MockUser

from custom_components.eyewitness.const import DOMAIN
from custom_components.eyewitness.keys import master_key
from custom_components.eyewitness.keys.vault import ENV_KEY, ENV_KEY_FILE, KEY_FILE
from custom_components.eyewitness.runtime import stored_keys
from tests.kit import FakeCamera, House
from tests.simulator import VENDORS, Simulator

ONE, TWO = (urlsafe_b64encode(bytes([n] * 32)).decode() for n in (1, 2))


def own_file(hass: HomeAssistant) -> Path:
    """Return where the generated key is."""
    return Path(hass.config.config_dir) / KEY_FILE


@pytest.fixture
def own(hass: HomeAssistant) -> Path:
    """Return where the generated key is."""
    return own_file(hass)


async def rotate(hass: HomeAssistant, user: str | None = None) -> dict[str, Any]:
    """Call the action."""
    response = await hass.services.async_call(
        DOMAIN,
        "rotate_keys",
        {},
        blocking=True,
        context=Context(user_id=user),
        return_response=True,
    )
    await hass.async_block_till_done()
    return cast("dict[str, Any]", response)


def ciphertexts(house: House) -> dict[str, str]:
    """Return what is stored, by kind."""
    providers = house.entry.get_subentries_of_type("provider")
    return {each.data["kind"]: each.data["api_key"] for each in providers}


def open_with(key: str, house: House) -> dict[str, str]:
    """Decrypt everything with one master key alone."""
    fernet = Fernet(key)
    return {kind: fernet.decrypt(text).decode() for kind, text in ciphertexts(house).items()}


def newest(own: Path) -> str:
    """Return the first key of our file."""
    return own.read_text().split()[0]


async def restart(hass: HomeAssistant, house: House) -> None:
    """Do what Home Assistant does when it starts: the entry comes from the disk."""
    await hass.config_entries.async_unload(house.entry.entry_id)
    hass.set_state(CoreState.not_running)
    await hass.config_entries.async_setup(house.entry.entry_id)
    hass.set_state(CoreState.running)
    await hass.async_block_till_done()


async def reload(hass: HomeAssistant, house: House) -> None:
    """Load the entry anew."""
    await hass.config_entries.async_reload(house.entry.entry_id)
    await hass.async_block_till_done()


def reauth_flows(hass: HomeAssistant) -> list[Any]:
    """Return the flows that ask for a key."""
    flows = hass.config_entries.flow.async_progress_by_handler(DOMAIN)
    return [flow for flow in flows if flow["context"]["source"] == "reauth"]


async def reauth(hass: HomeAssistant, sim: Simulator, first_step: str, *kinds: str) -> None:
    """Go through the one flow that asks, typing every key, up to its end."""
    (flow,) = reauth_flows(hass)
    form = await hass.config_entries.flow.async_configure(flow["flow_id"])
    assert form["step_id"] == first_step
    if first_step == "new_master_key":
        form = await hass.config_entries.flow.async_configure(flow["flow_id"], {})
    for kind in kinds:
        assert form["step_id"] == "reauth_confirm"
        form = await hass.config_entries.flow.async_configure(
            flow["flow_id"], {"api_key": sim.keys[cast("Any", kind)]}
        )
        assert not form.get("errors")
    assert (form["type"], form["reason"]) == (FlowResultType.ABORT, "reauth_successful")
    await hass.async_block_till_done()
    assert reauth_flows(hass) == []


async def check_works(hass: HomeAssistant, house: House) -> None:
    """Fail unless every provider is asked with its key, now and after a restart."""
    for again in (False, True):
        if again:
            await restart(hass, house)
        assert house.state() is ConfigEntryState.LOADED
        assert set(house.order) == set(ciphertexts(house))
        for kind in house.order:
            assert (await house.describe(providers=kind))["provider"] == kind
        assert reauth_flows(hass) == []


async def test_a_new_key_of_our_own(
    hass: HomeAssistant, house: House, sim: Simulator, camera: FakeCamera, own: Path
) -> None:
    """Everything is encrypted with it; the old one goes at the next start and not before."""
    await house.set_up()
    before, old, runtime = ciphertexts(house), newest(own), house.runtime
    assert await rotate(hass) == {"source": "own file", "encrypted": 4, "unreadable": []}
    after = ciphertexts(house)
    assert not set(before.values()) & set(after.values())
    assert newest(own) != old
    assert own.read_text().split()[1:] == [old]
    assert open_with(newest(own), house) == sim.keys
    assert house.runtime is runtime  # not loaded anew
    assert (await house.describe())["provider"] == "openai"

    await reload(hass, house)
    assert house.runtime is not runtime
    assert house.runtime.master_keys == 2
    assert len(own.read_text().split()) == 2
    await restart(hass, house)
    assert own.read_text().split() == [newest(own)]
    assert newest(own) != old
    assert open_with(newest(own), house) == sim.keys
    await check_works(hass, house)
    assert house.runtime.master_keys == 1


@pytest.mark.parametrize("by_file", [False, True])
async def test_a_key_from_outside(
    hass: HomeAssistant,
    house: House,
    sim: Simulator,
    camera: FakeCamera,
    own: Path,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    by_file: bool,
) -> None:
    """The first one there encrypts; our own file is not touched."""
    await house.set_up()
    before = own.read_bytes()
    named = tmp_path / "named"
    for number, keys in enumerate((ONE, f"{TWO},{ONE}")):
        named.write_text(keys)
        if by_file:
            monkeypatch.setenv(ENV_KEY_FILE, str(named))
        else:
            monkeypatch.setenv(ENV_KEY, keys)
        told = "file from the environment" if by_file else "environment"
        assert await rotate(hass) == {"source": told, "encrypted": 4, "unreadable": []}
        assert open_with((ONE, TWO)[number], house) == sim.keys
        assert own.read_bytes() == before
    monkeypatch.setenv(ENV_KEY, TWO)
    own.unlink()
    await check_works(hass, house)
    assert not own.exists()


async def test_what_is_remembered_stays(
    hass: HomeAssistant, house: House, sim: Simulator, camera: FakeCamera
) -> None:
    """A provider that is out stays out, over a restart, too: its key is the same."""
    await house.set_up("openai", "grok")
    sim.fail("openai", "quota")
    assert (await house.describe())["provider"] == "grok"
    await rotate(hass)
    sim.clear_requests()
    for step in (None, reload, restart):
        if step is not None:
            await step(hass, house)
        standing = house.runtime.chain.standing(house.provider("openai").subentry_id)
        assert standing.bench_left > 60
        assert (await house.describe())["provider"] == "grok"
    assert sim.requests("openai") == []


async def test_only_an_administrator_may(
    hass: HomeAssistant, house: House, camera: FakeCamera, own: Path
) -> None:
    """For anybody else nothing happens."""
    await house.set_up("openai")
    before = (ciphertexts(house), own.read_bytes())
    guest = MockUser(name="Guest").add_to_hass(hass)
    with pytest.raises(Unauthorized):
        await rotate(hass, guest.id)
    assert (ciphertexts(house), own.read_bytes()) == before
    owner = MockUser(name="Owner", is_owner=True).add_to_hass(hass)
    assert (await rotate(hass, owner.id))["encrypted"] == 1


async def test_a_lost_key_keeps_the_old_master_key(
    hass: HomeAssistant, house: House, sim: Simulator, camera: FakeCamera, own: Path
) -> None:
    """A ciphertext that was not taken over needs what may open it, however often it starts."""
    await house.set_up("openai", house.subentry("grok", ciphertext="lost"))
    assert await rotate(hass) == {"source": "own file", "encrypted": 1, "unreadable": ["xAI Grok"]}
    assert ciphertexts(house)["grok"] == "lost"
    for _ in range(2):
        await restart(hass, house)
        assert len(own.read_text().split()) == 2
    await reauth(hass, sim, "reauth_confirm", "grok")
    await restart(hass, house)
    assert len(own.read_text().split()) == 1
    await check_works(hass, house)


@pytest.mark.parametrize("ciphertext", ["ключ", "\ud800", ""])
async def test_a_spoiled_ciphertext_at_the_start(
    hass: HomeAssistant, house: House, camera: FakeCamera, ciphertext: str
) -> None:
    """Whatever stands there, the others work."""
    lost = house.subentry("grok")
    hass.set_state(CoreState.not_running)
    await house.set_up("openai", {**lost, "data": {**lost["data"], "api_key": ciphertext}})
    hass.set_state(CoreState.running)
    assert house.state() is ConfigEntryState.LOADED
    assert house.order == ["openai"]
    assert len(reauth_flows(hass)) == 1


@pytest.mark.parametrize("change", ["removed", "renewed"])
async def test_what_changes_meanwhile_is_left_alone(
    hass: HomeAssistant,
    house: House,
    sim: Simulator,
    camera: FakeCamera,
    monkeypatch: pytest.MonkeyPatch,
    change: str,
) -> None:
    """A key that is typed during a rotation must not be replaced by the one before it."""
    await house.set_up("openai", "grok")
    grok = house.provider("grok")
    sim.set_key("grok", "another-key")
    renewed = house.subentry("grok")["data"]
    run = hass.async_add_executor_job

    def interfere(job: Callable[..., Any], *args: Any) -> Any:
        if job.__qualname__.startswith("async_rotate"):
            monkeypatch.undo()
            done = run(job, *args)
            if change == "removed":
                hass.config_entries.async_remove_subentry(house.entry, grok.subentry_id)
            else:
                hass.config_entries.async_update_subentry(house.entry, grok, data=renewed)
            return done
        return run(job, *args)

    monkeypatch.setattr(hass, "async_add_executor_job", interfere)
    told = await rotate(hass)
    assert told["encrypted"] == 1
    assert house.state() is ConfigEntryState.LOADED
    if change == "renewed":
        assert ciphertexts(house)["grok"] == renewed["api_key"]
        assert (await house.describe(providers="grok"))["provider"] == "grok"
    else:
        assert house.order == ["openai"]


@pytest.mark.parametrize("call", ["open", "replace"])
async def test_a_disk_that_takes_nothing(
    hass: HomeAssistant,
    house: House,
    camera: FakeCamera,
    own: Path,
    monkeypatch: pytest.MonkeyPatch,
    call: str,
) -> None:
    """A rotation that cannot be made changes nothing, and says where it failed."""
    await house.set_up()
    before = (ciphertexts(house), own.read_bytes())
    with monkeypatch.context() as patch:
        _read_only(patch, call)
        with pytest.raises(HomeAssistantError) as raised:
            await rotate(hass)
    assert raised.value.translation_key == "master_key_unusable"
    assert raised.value.translation_placeholders == {"source": KEY_FILE}
    assert (ciphertexts(house), own.read_bytes()) == before
    await check_works(hass, house)


def _read_only(patch: pytest.MonkeyPatch, call: str) -> None:
    """Let no key be written; Home Assistant's own files are not ours to break."""
    real_open, real_replace = os.open, Path.replace

    def refuse(path: Any, *args: Any, **named: Any) -> int:
        if KEY_FILE in str(path):
            raise OSError(30, "Read-only file system")
        return real_open(path, *args, **named)

    def stay(path: Path, target: Any) -> Path:
        if KEY_FILE in str(path):
            raise OSError(30, "Read-only file system")
        return real_replace(path, target)

    if call == "open":
        patch.setattr(os, "open", refuse)
    else:
        patch.setattr(Path, "replace", stay)


def bare(house: House, sim: Simulator, **versions: int) -> None:
    """Add an entry as it was before keys were encrypted."""
    subentries = [house.subentry(kind) for kind in VENDORS]
    entry = MockConfigEntry(
        domain=DOMAIN,
        title="Eyewitness",
        subentries_data=[
            {**each, "data": {**each["data"], "api_key": sim.keys[kind]}}
            for kind, each in zip(VENDORS, subentries, strict=True)
        ],
        **{"version": 1, "minor_version": 1, **versions},
    )
    entry.add_to_hass(house.hass)
    house.entry_for_tests = entry
    house.entry = cast("Any", entry)


async def set_up(hass: HomeAssistant, house: House) -> None:
    """Set up what is there."""
    await hass.config_entries.async_setup(house.entry.entry_id)
    await hass.async_block_till_done()


async def test_keys_that_lie_open_are_encrypted(
    hass: HomeAssistant, house: House, sim: Simulator, camera: FakeCamera, own: Path
) -> None:
    """The migration of version 1.1 does it, and leaves ciphertexts as they are."""
    bare(house, sim)
    data = dict(house.subentry("grok")["data"])
    provider = house.provider("grok")
    hass.config_entries.async_update_subentry(house.entry, provider, data=data)
    await set_up(hass, house)
    assert (house.entry.version, house.entry.minor_version) == (1, 2)
    assert ciphertexts(house)["grok"] == data["api_key"]
    for key in sim.keys.values():
        assert key not in str(house.entry.as_storage_fragment)
    assert open_with(newest(own), house) == sim.keys
    await check_works(hass, house)


async def test_a_newer_entry_is_refused(
    hass: HomeAssistant, house: House, sim: Simulator, own: Path
) -> None:
    """A downgrade from 2.x leaves everything as it is; one from 1.3 works."""
    bare(house, sim, version=2)
    before = ciphertexts(house)
    await set_up(hass, house)
    assert house.state() is ConfigEntryState.MIGRATION_ERROR
    assert ciphertexts(house) == before
    await hass.config_entries.async_remove(house.entry.entry_id)
    house.entry = cast("Any", house.add_entry("openai"))
    hass.config_entries.async_update_entry(house.entry, minor_version=3)
    await set_up(hass, house)
    assert house.state() is ConfigEntryState.LOADED
    assert house.entry.minor_version == 3


async def test_a_migration_without_a_master_key_is_tried_again(
    hass: HomeAssistant,
    house: House,
    sim: Simulator,
    camera: FakeCamera,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Mending the variable and loading the entry is enough, as it is without a migration."""
    bare(house, sim)
    monkeypatch.setenv(ENV_KEY, "not a key")
    await set_up(hass, house)
    assert house.state() is ConfigEntryState.SETUP_ERROR
    assert house.entry.error_reason_translation_key == "master_key_unusable"
    assert (house.entry.minor_version, ciphertexts(house)) == (1, sim.keys)
    monkeypatch.setenv(ENV_KEY, ONE)
    await reload(hass, house)
    assert house.entry.minor_version == 2
    assert open_with(ONE, house) == sim.keys
    await check_works(hass, house)


async def test_a_file_that_is_lost(
    hass: HomeAssistant, house: House, sim: Simulator, camera: FakeCamera, own: Path
) -> None:
    """There is a new one at the next start, and each key is asked for once."""
    await house.set_up()
    own.unlink()
    await restart(hass, house)
    assert house.state() is ConfigEntryState.LOADED
    assert house.order == []
    await reauth(hass, sim, "reauth_confirm", *VENDORS)
    await check_works(hass, house)


async def test_a_backup_that_is_restored_elsewhere(
    hass: HomeAssistant, house: House, sim: Simulator, camera: FakeCamera, own: Path
) -> None:
    """Another house has another key; putting the old file back is enough as well."""
    await house.set_up()
    before = own.read_bytes()
    for again in (False, True):
        own.write_text(TWO)
        await restart(hass, house)
        assert house.order == []
        assert len(reauth_flows(hass)) == 1
        if not again:
            own.write_bytes(before)
            await reload(hass, house)
            assert house.order == list(VENDORS)
            for flow in reauth_flows(hass):
                hass.config_entries.flow.async_abort(flow["flow_id"])
    await reauth(hass, sim, "reauth_confirm", *VENDORS)
    await check_works(hass, house)


DAMAGE: dict[str, Callable[[bytes], bytes]] = {
    "truncated": lambda good: good[:20],
    "garbage": lambda _: bytes(range(256)),
    "a word": lambda _: b"passphrase",
    "empty": lambda _: b"",
    "one of two": lambda good: good + b"\n" + good[:30],
}


@pytest.mark.parametrize("damage", DAMAGE)
@pytest.mark.parametrize("mended", [False, True])
async def test_a_damaged_file(
    hass: HomeAssistant,
    house: House,
    sim: Simulator,
    camera: FakeCamera,
    own: Path,
    damage: str,
    mended: bool,
) -> None:
    """It is set aside when the user agrees to a new one; mending it is the other way out."""
    await house.set_up()
    good = own.read_bytes()
    bad = DAMAGE[damage](good)
    own.write_bytes(bad)
    await restart(hass, house)
    assert house.state() is ConfigEntryState.SETUP_ERROR
    assert own.read_bytes() == bad
    if mended:
        own.write_bytes(good)
        await reload(hass, house)
        assert house.order == list(VENDORS)
        for flow in reauth_flows(hass):
            hass.config_entries.flow.async_abort(flow["flow_id"])
    else:
        await reauth(hass, sim, "new_master_key", *VENDORS)
        aside = own.with_name(f"{KEY_FILE}.damaged")
        if bad:
            assert aside.read_bytes() == bad
    await check_works(hass, house)


@pytest.mark.parametrize("call", ["open", "replace"])
async def test_a_damaged_file_on_a_disk_that_takes_nothing(
    hass: HomeAssistant,
    house: House,
    sim: Simulator,
    camera: FakeCamera,
    own: Path,
    monkeypatch: pytest.MonkeyPatch,
    call: str,
) -> None:
    """The flow ends with a text; once the disk can be written it goes its way."""
    await house.set_up("openai")
    own.write_text("broken")
    await restart(hass, house)
    with monkeypatch.context() as patch:
        _read_only(patch, call)
        (flow,) = reauth_flows(hass)
        result = await hass.config_entries.flow.async_configure(flow["flow_id"], {})
        assert (result["type"], result["reason"]) == (FlowResultType.ABORT, "master_key_unusable")
    await reload(hass, house)
    await reauth(hass, sim, _step(own), "openai")
    await check_works(hass, house)


def _step(own: Path) -> str:
    """Return where the flow begins: the damaged file may have been set aside already."""
    return "new_master_key" if own.exists() and own.read_text() == "broken" else "reauth_confirm"


async def test_a_first_start_on_a_disk_that_takes_nothing(
    hass: HomeAssistant,
    house: House,
    sim: Simulator,
    camera: FakeCamera,
    own: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The text names the file; it works as soon as there is room for it."""
    bare(house, sim)
    own.unlink()
    with monkeypatch.context() as patch:
        _read_only(patch, "open")
        await set_up(hass, house)
        assert house.state() is ConfigEntryState.SETUP_ERROR
        assert house.entry.error_reason_translation_placeholders == {"source": KEY_FILE}
    await reload(hass, house)
    await check_works(hass, house)


async def test_a_file_that_others_may_read(
    hass: HomeAssistant, house: House, camera: FakeCamera, own: Path
) -> None:
    """It is taken back from them at the next start, and goes on opening."""
    await house.set_up()
    own.chmod(0o644)
    await restart(hass, house)
    assert stat.S_IMODE(own.stat().st_mode) == 0o600
    await check_works(hass, house)


@pytest.mark.parametrize("bad", ["missing", "garbage", "empty", "folder"])
async def test_a_named_file_that_is_bad(
    hass: HomeAssistant,
    house: House,
    camera: FakeCamera,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    bad: str,
) -> None:
    """Nobody is asked for keys and nothing is replaced: the file has to be mended."""
    named = tmp_path / "named"
    named.write_text(ONE)
    monkeypatch.setenv(ENV_KEY_FILE, str(named))
    await house.set_up()
    assert house.order == list(VENDORS)
    named.unlink()
    match bad:
        case "garbage":
            named.write_bytes(bytes(range(256)))
        case "empty":
            named.touch()
        case "folder":
            named.mkdir()
    await restart(hass, house)
    assert house.state() is ConfigEntryState.SETUP_ERROR
    assert house.entry.error_reason_translation_key == "master_key_unusable"
    assert house.entry.error_reason_translation_placeholders == {"source": ENV_KEY_FILE}
    assert reauth_flows(hass) == []
    if named.is_dir():
        named.rmdir()
    named.write_text(ONE)
    await reload(hass, house)
    await check_works(hass, house)


async def test_a_variable_that_is_bad(
    hass: HomeAssistant, house: House, camera: FakeCamera, monkeypatch: pytest.MonkeyPatch
) -> None:
    """So it is with the variable; a rotation says the same and changes nothing."""
    monkeypatch.setenv(ENV_KEY, ONE)
    await house.set_up()
    before = ciphertexts(house)
    monkeypatch.setenv(ENV_KEY, ONE[:-2])
    with pytest.raises(HomeAssistantError) as raised:
        await rotate(hass)
    assert raised.value.translation_placeholders == {"source": ENV_KEY}
    assert ONE[:-2] not in str(raised.value)
    assert ciphertexts(house) == before
    await restart(hass, house)
    assert house.state() is ConfigEntryState.SETUP_ERROR
    assert reauth_flows(hass) == []
    monkeypatch.setenv(ENV_KEY, ONE)
    await reload(hass, house)
    await check_works(hass, house)


async def test_nothing_to_seal(hass: HomeAssistant, house: House, own: Path) -> None:
    """An entry whose keys are encrypted needs no vault for that."""
    entry = house.add_entry()
    before = ciphertexts(house)
    own.write_text("broken")
    await stored_keys.async_seal(hass, entry)
    assert ciphertexts(house) == before
    with pytest.raises(master_key.DamagedKeyError):
        master_key.load(own.parent, {})
