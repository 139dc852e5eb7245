"""C2: the master key is changed, moved or lost, and the entry works again in the end."""

# ruff: noqa: ASYNC240 - a few bytes in a folder of the test's own

from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import Context, CoreState, HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.exceptions import HomeAssistantError, Unauthorized
import pytest
from pytest_homeassistant_custom_component.common import MockUser

from custom_components.eyewitness.const import DOMAIN
from custom_components.eyewitness.keys import master_key, rotation
from custom_components.eyewitness.keys.master_key import ENV_KEY, ENV_KEY_FILE, KEY_FILE
from custom_components.eyewitness.runtime import stored_keys
from tests.keys.kit import ONE, TWO, decrypted_with
from tests.kit import House
from tests.simulator import VENDORS, Simulator, Vendor

from .kit import forget_flows, reauths, reload

pytestmark = pytest.mark.usefixtures("camera")


@pytest.fixture
def own_file(hass: HomeAssistant) -> Path:
    """Return where the generated key is."""
    return Path(hass.config.config_dir) / KEY_FILE


async def rotate(house: House, user: str | None = None) -> dict[str, Any]:
    """Call the action."""
    context = Context(user_id=user)
    response = await house.hass.services.async_call(
        DOMAIN, "rotate_keys", blocking=True, context=context, return_response=True
    )
    await house.hass.async_block_till_done()
    return cast("dict[str, Any]", response)


def ciphertexts(house: House) -> dict[str, str]:
    """Return what is stored, by kind."""
    providers = house.entry.get_subentries_of_type("provider")
    return {each.data["kind"]: each.data["api_key"] for each in providers}


def open_with(key: str, house: House) -> dict[str, str]:
    """Decrypt everything with one master key alone."""
    return {kind: decrypted_with(key, text) for kind, text in ciphertexts(house).items()}


async def restart(house: House) -> None:
    """Do what Home Assistant does when it starts: the entry comes from the disk."""
    await house.hass.config_entries.async_unload(house.entry.entry_id)
    house.hass.set_state(CoreState.not_running)
    await set_up(house)
    house.hass.set_state(CoreState.running)


async def set_up(house: House) -> None:
    """Set up what is there."""
    await house.hass.config_entries.async_setup(house.entry.entry_id)
    await house.hass.async_block_till_done()


async def reauth(house: House, first_step: str, *kinds: Vendor) -> None:
    """Go through the one flow that asks, typing every key, up to its end."""
    configure = house.hass.config_entries.flow.async_configure
    (flow,) = reauths(house)
    form = await configure(flow["flow_id"])
    assert form["step_id"] == first_step
    if first_step == "new_master_key":
        form = await configure(flow["flow_id"], {})
    for kind in kinds:
        assert form["step_id"] == "reauth_confirm"
        form = await configure(flow["flow_id"], {"api_key": house.sim.keys[kind]})
        assert not form.get("errors")
    assert (form["type"], form["reason"]) == (FlowResultType.ABORT, "reauth_successful")
    await house.hass.async_block_till_done()
    assert reauths(house) == []


async def check_works(house: House) -> None:
    """Fail unless every provider is asked with its key, now and after a restart."""
    for again in (False, True):
        if again:
            await restart(house)
        assert house.state() is ConfigEntryState.LOADED
        assert set(house.order) == set(ciphertexts(house))
        for kind in house.order:
            assert (await house.describe(providers=kind))["provider"] == kind
        assert reauths(house) == []


async def test_a_new_key_of_our_own(house: House, own_file: Path) -> None:
    """Everything is encrypted with it; the old one goes at the next start and not before."""
    await house.set_up()
    before, old, runtime = ciphertexts(house), own_file.read_text(), house.runtime
    assert await rotate(house) == {"source": "own file", "encrypted": 4, "unreadable": []}
    assert not set(before.values()) & set(ciphertexts(house).values())
    new, *older = own_file.read_text().split()
    assert (new != old, older) == (True, [old])
    assert open_with(new, house) == house.sim.keys
    assert house.runtime is runtime  # not loaded anew
    assert (await house.describe())["provider"] == "openai"

    await reload(house)
    assert house.runtime is not runtime
    assert (house.runtime.master_keys, own_file.read_text().split()) == (2, [new, old])
    await restart(house)
    assert own_file.read_text() == new
    assert open_with(new, house) == house.sim.keys
    await check_works(house)
    assert house.runtime.master_keys == 1


async def test_a_key_from_outside(
    house: House, own_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first one there encrypts; our own file is not touched, and not needed any more."""
    await house.set_up()
    before = own_file.read_bytes()
    for newest, keys in ((ONE, ONE), (TWO, f"{TWO},{ONE}")):
        monkeypatch.setenv(ENV_KEY, keys)
        assert await rotate(house) == {"source": "environment", "encrypted": 4, "unreadable": []}
        assert open_with(newest, house) == house.sim.keys
        assert own_file.read_bytes() == before
    monkeypatch.setenv(ENV_KEY, TWO)
    own_file.unlink()
    await check_works(house)
    assert not own_file.exists()


async def test_what_is_remembered_stays(house: House, sim: Simulator) -> None:
    """A provider that is out stays out, over a restart, too: its key is the same."""
    await house.set_up("openai", "grok")
    sim.fail("openai", "quota")
    assert (await house.describe())["provider"] == "grok"
    await rotate(house)
    sim.clear_requests()
    for step in (None, reload, restart):
        if step is not None:
            await step(house)
        health = house.runtime.chain.health(house.provider("openai").subentry_id)
        assert health.cooldown_left > 60
        assert (await house.describe())["provider"] == "grok"
    assert sim.requests("openai") == []


async def test_only_an_administrator_may(hass: HomeAssistant, house: House, own_file: Path) -> None:
    """For anybody else nothing happens."""
    await house.set_up("openai")
    before = (ciphertexts(house), own_file.read_bytes())
    guest = MockUser(name="Guest").add_to_hass(hass)
    with pytest.raises(Unauthorized):
        await rotate(house, guest.id)
    assert (ciphertexts(house), own_file.read_bytes()) == before
    owner = MockUser(name="Owner", is_owner=True).add_to_hass(hass)
    assert (await rotate(house, owner.id))["encrypted"] == 1


async def test_a_lost_key_keeps_the_old_master_key(house: House, own_file: Path) -> None:
    """A ciphertext that was not taken over needs what may open it, however often it starts."""
    await house.set_up("openai", house.subentry("grok", ciphertext="lost"))
    assert await rotate(house) == {"source": "own file", "encrypted": 1, "unreadable": ["xAI Grok"]}
    assert ciphertexts(house)["grok"] == "lost"
    for _ in range(2):
        await restart(house)
        assert len(own_file.read_text().split()) == 2
    await reauth(house, "reauth_confirm", "grok")
    await restart(house)
    assert len(own_file.read_text().split()) == 1
    await check_works(house)


@pytest.mark.parametrize("ciphertext", ["ключ", "\ud800", ""])
async def test_a_spoiled_ciphertext_at_the_start(house: House, ciphertext: str) -> None:
    """Whatever stands there, the others work."""
    lost = house.subentry("grok")
    house.hass.set_state(CoreState.not_running)
    await house.set_up("openai", {**lost, "data": {**lost["data"], "api_key": ciphertext}})
    house.hass.set_state(CoreState.running)
    assert (house.state(), house.order) == (ConfigEntryState.LOADED, ["openai"])
    assert len(reauths(house)) == 1


@pytest.mark.parametrize("change", ["removed", "renewed"])
async def test_what_changes_meanwhile_is_left_alone(
    hass: HomeAssistant, house: House, monkeypatch: pytest.MonkeyPatch, change: str
) -> None:
    """A key that is typed during a rotation must not be replaced by the one before it."""
    await house.set_up("openai", "grok")
    grok = house.provider("grok")
    house.sim.set_key("grok", "another-key")
    renewed = house.subentry("grok")["data"]
    run = hass.async_add_executor_job

    def interfere(job: Callable[..., Any], *args: Any) -> Any:
        rotated = run(job, *args)
        if job is rotation.rotate:
            monkeypatch.undo()
            if change == "removed":
                hass.config_entries.async_remove_subentry(house.entry, grok.subentry_id)
            else:
                hass.config_entries.async_update_subentry(house.entry, grok, data=renewed)
        return rotated

    monkeypatch.setattr(hass, "async_add_executor_job", interfere)
    assert (await rotate(house))["encrypted"] == 1
    assert house.state() is ConfigEntryState.LOADED
    if change == "removed":
        assert house.order == ["openai"]
    else:
        assert ciphertexts(house)["grok"] == renewed["api_key"]
        assert (await house.describe(providers="grok"))["provider"] == "grok"


def refuse(*_: object) -> None:
    """Let our own file be neither written nor moved."""
    raise master_key.MasterKeyError(KEY_FILE)


async def test_a_rotation_on_a_disk_that_takes_nothing(
    house: House, own_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It changes nothing, and says where it failed."""
    await house.set_up()
    before = (ciphertexts(house), own_file.read_bytes())
    with monkeypatch.context() as patch:
        patch.setattr(master_key, "_write", refuse)
        with pytest.raises(HomeAssistantError) as raised:
            await rotate(house)
    assert raised.value.translation_key == "master_key_unusable"
    assert raised.value.translation_placeholders == {"source": KEY_FILE}
    assert (ciphertexts(house), own_file.read_bytes()) == before
    await check_works(house)


def add_bare(house: House, version: int = 1) -> None:
    """Add an entry as it was before keys were encrypted."""
    keys = house.sim.keys
    entry = house.add_entry(*(house.subentry(kind, ciphertext=keys[kind]) for kind in VENDORS))
    house.hass.config_entries.async_update_entry(entry, version=version, minor_version=1)


async def test_keys_that_lie_open_are_encrypted(house: House, own_file: Path) -> None:
    """The migration of version 1.1 does it, and leaves ciphertexts as they are."""
    add_bare(house)
    data = dict(house.subentry("grok")["data"])
    house.hass.config_entries.async_update_subentry(house.entry, house.provider("grok"), data=data)
    await set_up(house)
    assert (house.entry.version, house.entry.minor_version) == (1, 2)
    assert ciphertexts(house)["grok"] == data["api_key"]
    for key in house.sim.keys.values():
        assert key not in str(house.entry.as_storage_fragment)
    assert open_with(own_file.read_text(), house) == house.sim.keys
    await check_works(house)


async def test_a_newer_entry_is_refused(house: House) -> None:
    """A downgrade from 2.x leaves everything as it is; one from 1.3 works."""
    add_bare(house, version=2)
    before = ciphertexts(house)
    await set_up(house)
    assert (house.state(), ciphertexts(house)) == (ConfigEntryState.MIGRATION_ERROR, before)
    await house.hass.config_entries.async_remove(house.entry.entry_id)
    house.hass.config_entries.async_update_entry(house.add_entry("openai"), minor_version=3)
    await set_up(house)
    assert (house.state(), house.entry.minor_version) == (ConfigEntryState.LOADED, 3)


@pytest.mark.parametrize("problem", ["variable", "disk"])
async def test_a_migration_without_a_master_key_is_tried_again(
    house: House, own_file: Path, monkeypatch: pytest.MonkeyPatch, problem: str
) -> None:
    """The text names the source; mending it and loading the entry is enough."""
    add_bare(house)
    own_file.unlink()
    with monkeypatch.context() as patch:
        if problem == "variable":
            patch.setenv(ENV_KEY, "not a key")
        else:
            patch.setattr(master_key, "_write", refuse)
        await set_up(house)
    source = ENV_KEY if problem == "variable" else KEY_FILE
    assert house.state() is ConfigEntryState.SETUP_ERROR
    assert house.entry.error_reason_translation_key == "master_key_unusable"
    assert house.entry.error_reason_translation_placeholders == {"source": source}
    assert (house.entry.minor_version, ciphertexts(house)) == (1, house.sim.keys)
    await reload(house)
    assert house.entry.minor_version == 2
    assert open_with(own_file.read_text(), house) == house.sim.keys
    await check_works(house)


SPOILED: dict[str, Callable[[bytes], bytes | None]] = {
    "lost": lambda _: None,
    "of another house": lambda _: TWO.encode(),
    "truncated": lambda good: good[:20],
    "garbage": lambda _: bytes(range(256)),
    "a word": lambda _: b"passphrase",
    "empty": lambda _: b"",
    "one of two": lambda good: good + b"\n" + good[:30],
}


@pytest.mark.parametrize("spoiled", SPOILED)
@pytest.mark.parametrize("mended", [False, True])
async def test_our_own_file_is_lost_or_damaged(
    house: House, own_file: Path, spoiled: str, mended: bool
) -> None:
    """Each key is asked for once, or the file is put back.

    A damaged one stays until the user agrees to a new one, and is set aside then.
    """
    await house.set_up()
    good = own_file.read_bytes()
    own_file.unlink()
    if (bad := SPOILED[spoiled](good)) is not None:
        own_file.write_bytes(bad)
    await restart(house)
    damaged = spoiled not in ("lost", "of another house")
    if damaged:
        assert (house.state(), own_file.read_bytes()) == (ConfigEntryState.SETUP_ERROR, bad)
    else:
        assert (house.state(), house.order) == (ConfigEntryState.LOADED, [])
    assert len(reauths(house)) == 1
    if mended:
        own_file.write_bytes(good)
        await reload(house)
        assert house.order == list(VENDORS)
        forget_flows(house)
    else:
        await reauth(house, "new_master_key" if damaged else "reauth_confirm", *VENDORS)
        if damaged and bad:
            assert own_file.with_name(f"{KEY_FILE}.damaged").read_bytes() == bad
    await check_works(house)


@pytest.mark.parametrize(
    ("refused", "next_step"), [("_write", "reauth_confirm"), ("_set_aside", "new_master_key")]
)
async def test_a_damaged_file_on_a_disk_that_takes_nothing(
    house: House, own_file: Path, monkeypatch: pytest.MonkeyPatch, refused: str, next_step: str
) -> None:
    """The flow ends with a text; once the disk can be written it goes its way."""
    await house.set_up("openai")
    own_file.write_text("broken")
    await restart(house)
    with monkeypatch.context() as patch:
        patch.setattr(master_key, refused, refuse)
        (flow,) = reauths(house)
        result = await house.hass.config_entries.flow.async_configure(flow["flow_id"], {})
        assert (result["type"], result["reason"]) == (FlowResultType.ABORT, "master_key_unusable")
    await reload(house)
    await reauth(house, next_step, "openai")
    await check_works(house)


@pytest.mark.parametrize("source", [ENV_KEY, ENV_KEY_FILE])
async def test_a_key_from_outside_that_is_bad(
    house: House, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, source: str
) -> None:
    """Nobody is asked for keys and nothing is replaced: it has to be mended where it is."""
    monkeypatch.setenv(ENV_KEY_FILE, str(tmp_path / "named"))

    def put(key: str) -> None:
        if source == ENV_KEY:
            monkeypatch.setenv(ENV_KEY, key)
        else:
            tmp_path.joinpath("named").write_text(key)

    put(ONE)
    await house.set_up()
    before = ciphertexts(house)
    put(ONE[:-2])
    with pytest.raises(HomeAssistantError) as raised:
        await rotate(house)
    assert raised.value.translation_placeholders == {"source": source}
    assert ONE[:-2] not in str(raised.value)
    assert ciphertexts(house) == before
    await restart(house)
    assert house.state() is ConfigEntryState.SETUP_ERROR
    assert house.entry.error_reason_translation_key == "master_key_unusable"
    assert house.entry.error_reason_translation_placeholders == {"source": source}
    assert reauths(house) == []
    put(ONE)
    await reload(house)
    await check_works(house)


async def test_nothing_to_seal(house: House, own_file: Path) -> None:
    """An entry whose keys are encrypted needs no vault for that."""
    entry = house.add_entry()
    before = ciphertexts(house)
    own_file.write_text("broken")
    await stored_keys.async_seal(house.hass, entry)
    assert ciphertexts(house) == before
