"""Set up, reload and unload, with everything real but the vendors."""

from pathlib import Path
from types import MappingProxyType

from homeassistant.config_entries import ConfigEntryState, ConfigSubentry
from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir
import pytest

from custom_components.eyewitness.chain.failures import ProviderError
from custom_components.eyewitness.const import CONF_PROVIDER_ORDER, DATABASE, DOMAIN
from custom_components.eyewitness.keys import master_key
from custom_components.eyewitness.runtime import Runtime
from tests.kit import FakeCamera, House
from tests.results import error_key, state_of
from tests.simulator import VENDORS, Simulator, Vendor


def open_files(name: str) -> list[str]:
    """Return this process's open files whose name holds a text."""
    found = []
    for link in Path("/proc/self/fd").iterdir():
        try:
            target = str(link.readlink())
        except FileNotFoundError:
            continue
        if name in target:
            found.append(target)
    return found


async def add_provider(hass: HomeAssistant, house: House, kind: Vendor) -> None:
    """Add a provider as its flow does."""
    subentry = house.subentry(kind)
    added = ConfigSubentry(
        data=MappingProxyType(subentry["data"]),
        subentry_type="provider",
        title=subentry["title"],
        unique_id=None,
    )
    hass.config_entries.async_add_subentry(house.entry, added)
    await hass.async_block_till_done()


async def remove_provider(hass: HomeAssistant, house: House, kind: Vendor) -> None:
    """Remove a provider as the front end does."""
    hass.config_entries.async_remove_subentry(house.entry, house.provider(kind).subentry_id)
    await hass.async_block_till_done()


async def test_set_up_and_unload(
    hass: HomeAssistant, house: House, sim: Simulator, camera: FakeCamera
) -> None:
    """No vendor is asked until somebody asks us; unloading closes the file and the connections."""
    entry = await house.set_up()
    assert house.state() is ConfigEntryState.LOADED
    assert isinstance(entry.runtime_data, Runtime)
    assert DOMAIN not in hass.data
    assert sim.requests() == []
    for kind in VENDORS:
        await house.describe(providers=kind)
    providers = list(house.runtime.providers.values())
    assert open_files(str(hass.config.path(DATABASE)))
    seen = len(sim.requests())

    assert await hass.config_entries.async_unload(entry.entry_id)
    assert house.state() is ConfigEntryState.NOT_LOADED
    assert not open_files(str(hass.config.path(DATABASE)))
    assert hass.services.has_service(DOMAIN, "describe_camera_event")
    for provider in providers:
        with pytest.raises((ProviderError, RuntimeError)):
            await provider.check()
    assert len(sim.requests()) == seen


async def test_a_set_up_that_breaks_off_leaves_nothing_open(
    hass: HomeAssistant, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two that write into one ledger would write what waits twice."""

    async def fail(*_args: object) -> None:
        raise ImportError

    entry = house.add_entry("openai")
    with monkeypatch.context() as patch:
        patch.setattr(hass.config_entries, "async_forward_entry_setups", fail)
        await hass.config_entries.async_setup(entry.entry_id)
    assert entry.state is ConfigEntryState.SETUP_ERROR
    assert await hass.async_add_executor_job(open_files, hass.config.path(DATABASE)) == []
    assert await hass.config_entries.async_reload(entry.entry_id)


async def test_a_platform_that_stays_keeps_everything_open(
    hass: HomeAssistant, house: House, sim: Simulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An unload that fails must not leave entities on top of a closed ledger."""
    await house.set_up("openai")
    runtime = house.runtime

    async def refuse(*_: object) -> bool:
        return False

    with monkeypatch.context() as patch:
        patch.setattr(hass.config_entries, "async_unload_platforms", refuse)
        assert not await hass.config_entries.async_unload(house.entry.entry_id)
    assert house.state() is ConfigEntryState.FAILED_UNLOAD
    for provider in runtime.providers.values():
        await provider.check()
        await provider.close()
    assert len(sim.requests()) == 1
    await runtime.accounts.writer.async_close()


async def test_a_provider_comes_and_goes(
    hass: HomeAssistant, house: House, camera: FakeCamera
) -> None:
    """Each change reloads the entry, and the running entities follow."""
    await house.set_up("anthropic")
    await add_provider(hass, house, "openai")
    assert house.order == ["openai", "anthropic"]
    assert state_of(hass, "sensor.openai_status").state == "unused"
    assert (await house.describe())["provider"] == "openai"
    await remove_provider(hass, house, "openai")
    assert house.order == ["anthropic"]
    assert hass.states.get("sensor.openai_status") is None
    assert (await house.describe())["provider"] == "anthropic"


async def test_a_removed_provider_leaves_the_order(hass: HomeAssistant, house: House) -> None:
    """Nothing in the options points to what is gone; other options stay."""
    entry = await house.set_up("openai", "grok", "gemini")
    keys = [house.provider(kind).subentry_id for kind in ("gemini", "openai", "grok")]
    hass.config_entries.async_update_entry(entry, options={CONF_PROVIDER_ORDER: keys, "later": 1})
    await hass.async_block_till_done()
    await remove_provider(hass, house, "openai")
    assert entry.options == {CONF_PROVIDER_ORDER: [keys[0], keys[2]], "later": 1}
    assert house.order == ["gemini", "grok"]


async def test_a_lost_key_leaves_the_others_working(
    hass: HomeAssistant, house: House, camera: FakeCamera, caplog: pytest.LogCaptureFixture
) -> None:
    """It is never a crash and never a plain-text fallback: one flow asks for it."""
    entry = await house.set_up(house.subentry("openai", ciphertext="lost"), "grok")
    assert house.state() is ConfigEntryState.LOADED
    assert house.order == ["grok"]
    assert (await house.describe())["provider"] == "grok"
    (flow,) = hass.config_entries.flow.async_progress()
    assert flow["context"]["source"] == "reauth"
    assert flow["context"]["entry_id"] == entry.entry_id
    assert "The stored key of OpenAI cannot be read any more" in caplog.text
    assert state_of(hass, "sensor.openai_status").state == "unused"


async def test_row_67_without_any_usable_provider_it_still_loads(
    hass: HomeAssistant, house: House, camera: FakeCamera
) -> None:
    """A repair says what to do where there is none; the camera is not even asked."""
    await house.set_up(house.subentry("openai", ciphertext="lost"))
    registry = ir.async_get(hass)
    assert house.state() is ConfigEntryState.LOADED
    assert await error_key(house.describe()) == "no_provider"
    await remove_provider(hass, house, "openai")
    assert house.state() is ConfigEntryState.LOADED
    assert registry.async_get_issue(DOMAIN, "no_provider")
    assert await error_key(house.describe()) == "no_provider"
    assert camera.asked == 0
    await add_provider(hass, house, "openai")
    assert registry.async_get_issue(DOMAIN, "no_provider") is None
    assert (await house.describe())["provider"] == "openai"


async def test_an_unusable_master_key_is_told(
    hass: HomeAssistant, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The text names the source; nothing is opened and nobody is asked for keys."""
    entry = house.add_entry("openai")
    monkeypatch.setenv(master_key.ENV_KEY, "not a key")
    await hass.config_entries.async_setup(entry.entry_id)
    assert house.state() is ConfigEntryState.SETUP_ERROR
    assert entry.error_reason_translation_key == "master_key_unusable"
    assert entry.error_reason_translation_placeholders == {"source": master_key.ENV_KEY}
    assert master_key.ENV_KEY in (entry.reason or "")
    assert not open_files(str(hass.config.path(DATABASE)))
    assert hass.config_entries.flow.async_progress() == []

    monkeypatch.delenv(master_key.ENV_KEY)
    assert await hass.config_entries.async_reload(entry.entry_id)
    assert house.state() is ConfigEntryState.LOADED
