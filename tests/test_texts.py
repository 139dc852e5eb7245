"""Find a text for everything that is shown, and something that is shown for every text.

Home Assistant's own check of this is not in the test plugin: a missing text would go unnoticed
until somebody looks at an empty label. So everything is shown here once.
"""

import asyncio
from contextlib import suppress
from datetime import date
from inspect import getsource
from ipaddress import ip_address
import json
from math import inf
import re
import sys
from typing import Any
from unittest.mock import AsyncMock, Mock

from homeassistant.components.media_source import MediaSourceItem, Unresolvable
from homeassistant.components.sensor import SensorDeviceClass
from homeassistant.core import CoreState, HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import device_registry as dr, issue_registry as ir
from homeassistant.setup import async_setup_component
import pytest
import voluptuous as vol

from custom_components.eyewitness import (
    async_remove_config_entry_device,
    logbook,
    media_source,
    services,
    system_health,
)
from custom_components.eyewitness.api.masks import EditedCamera
from custom_components.eyewitness.chain import policy
from custom_components.eyewitness.chain.attempt import Attempt
from custom_components.eyewitness.chain.failures import Failure
from custom_components.eyewitness.chain.run_queue import QueueClosedError, QueueFullError, RunQueue
from custom_components.eyewitness.const import CONF_BUDGET, DOMAIN, KINDS
from custom_components.eyewitness.flows import (
    look as look_module,
    setup as setup_flow,
    test_report,
)
from custom_components.eyewitness.keys import master_key
from custom_components.eyewitness.ledger.errors import (
    LedgerDamagedError,
    LedgerError,
    LedgerNewerError,
)
from custom_components.eyewitness.ledger.rows import Period, Purpose
from custom_components.eyewitness.ledger.store import Ledger
from custom_components.eyewitness.pipeline import (
    call,
    describe as describe_module,
    failing_cameras,
    usage_call,
)
from custom_components.eyewitness.pipeline.failing_cameras import FailingCameras
from custom_components.eyewitness.pipeline.look import Look
from custom_components.eyewitness.pipeline.record import EventRecord, Status
from custom_components.eyewitness.providers.wire import pinning
from custom_components.eyewitness.runtime import blueprints, issues, ledger_writer, outcome_texts
from custom_components.eyewitness.runtime.budget import LIMIT_FIELDS
from custom_components.eyewitness.runtime.history import History
from tests import test_usage_actions
from tests.api.kit import event, put
from tests.flows import test_budget, test_look
from tests.flows.forms import NOBODY, open_add, open_change, open_options, open_setup, send
from tests.flows.test_camera import AREA
from tests.flows.test_camera_views import add_device
from tests.flows.test_mistakes import MISTAKES
from tests.flows.test_provider import add, change, choose
from tests.flows.test_reconfigure import changed
from tests.flows.test_setup import typed
from tests.front_end import texts_of_cards
from tests.kit import CAMERA, FakeCamera, House, Kind, picture
from tests.pictures.scenes import BLACK, add_rules
from tests.runtime.test_blueprints import texts_of
from tests.shown import ACTIONS, PLACEHOLDER, TEXTS, Shown, entities, flat, leaves, record
from tests.simulator import VENDORS, Model, Vendor
from tests.sources import INTEGRATION
from tests.tls import untrusted

ICONS: dict[str, Any] = json.loads((INTEGRATION / "icons.json").read_text("utf-8"))
LIBRARY = "custom_components.eyewitness.providers.openai"
WITH_ICON = {SensorDeviceClass.MONETARY, SensorDeviceClass.DURATION}
"""Device classes that the front end has an icon for."""
INSIDE = "https://llm.example"
"""An address that looks like the internet and leads into the house."""
KEYS_OF_OTHERS: list[tuple[Vendor, str]] = [
    ("openai", "sk-ant-x"),
    ("anthropic", "sk-proj-x"),
    ("openai", "xai-x"),
    ("openai", "AIzax"),
]
NO_ADDRESSES: dict[str, Any] = {f"{kind}_base_url": "file:///" for kind in VENDORS}
ADDRESSES = (
    *("api.example", "https://a b", "https://me:x@a.example", "https://a.example?k", "https://x:y"),
    *("http://a.example", "http://10.0.0.2", "https://169.254.169.254"),
)
"""One for each fault."""


async def show_setup(house: House, monkeypatch: pytest.MonkeyPatch, untrusted_url: str) -> None:
    """Type everything that can be wrong at set-up, several of it at a time."""
    sim = house.sim
    wrong = {f"{kind}_api_key": "wrong" for kind in VENDORS}
    user_input: dict[str, Any]
    malformed = {"openai_api_key": "two words", "grok_api_key": "k", "grok_base_url": "file:///"}
    apart = {"openai_base_url": NOBODY, "gemini_base_url": untrusted_url}
    sim.fail("anthropic", "html", endpoint="models", repeat=True)
    for user_input in (
        {"endpoints": {}},
        typed(sim, server={"base_url": ""}, **malformed),
        typed(sim, *VENDORS, server={"base_url": INSIDE, "local": False}, **apart),
        *(dict(mistake.typed) for mistake in MISTAKES if mistake.form == "setup"),
        *(typed(sim, server={"base_url": url, "local": False}) for url in ADDRESSES),
        typed(sim, *VENDORS, **NO_ADDRESSES),
    ):
        await send(house, await open_setup(house), **user_input)
    with monkeypatch.context() as patch:
        patch.setitem(sys.modules, LIBRARY, None)
        await send(house, await open_setup(house), **typed(sim, "openai"))
    sim.clear_faults()
    await send(house, await open_setup(house), **typed(sim, server={"api_key": "wrong"}, **wrong))


async def show_changes(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """Change keys and be asked for new ones, all in vain; look at the order."""
    order = [house.provider(title).subentry_id for title in ("OpenAI", "Other")]
    house.hass.config_entries.async_update_entry(house.entry, options={"provider_order": order})
    entry = house.entry_for_tests
    form = await entry.start_reconfigure_flow(house.hass)
    await send(house, form, **typed(house.sim, openai_base_url=NOBODY, grok_base_url=NOBODY))
    await send(house, form, **typed(house.sim, openai_api_key="other-key"))
    form = await entry.start_reconfigure_flow(house.hass)
    await send(house, form, **typed(house.sim, *VENDORS, **NO_ADDRESSES))
    form = await entry.start_reconfigure_flow(house.hass)
    await send(house, await entry.start_reauth_flow(house.hass), api_key="")
    good = house.put_master_key("damaged")
    await entry.start_reauth_flow(house.hass)
    house.put_master_key(good)
    with monkeypatch.context() as patch:
        patch.setenv(master_key.ENV_KEY, "not a key")
        await send(house, form, **typed(house.sim, "openai"))
        await entry.start_reauth_flow(house.hass)
    await open_options(house)


async def show_provider(house: House, monkeypatch: pytest.MonkeyPatch, untrusted_url: str) -> None:
    """Type everything that can be wrong with one provider, and try one out."""
    wrong: list[tuple[Kind, dict[str, Any]]] = [
        *((kind, {"api_key": "wrong"}) for kind in KINDS),
        ("openai", {"api_key": "two words"}),
        ("openai", {"api_key": ""}),
        ("openai", {"base_url": "file:///"}),
        ("openai", {"base_url": NOBODY}),
        ("openai", {"base_url": untrusted_url}),
        ("openai", {"api_key": "new-key", "more": {"price_input": 1}}),
        ("openai", {}),
        ("openai_compatible", {"base_url": ""}),
        ("openai_compatible", {"base_url": INSIDE, "local": False}),
        *((kind, {"api_key": key, "base_url": ""}) for kind, key in KEYS_OF_OTHERS),
        *(("openai", {"base_url": url}) for url in ADDRESSES),
        *(("openai_compatible", {"base_url": url, "local": False}) for url in ADDRESSES),
    ]
    for kind, changes in wrong:
        await add(house, kind, **changes)
    await change(house, "OpenAI", "openai", base_url=NOBODY)
    await change(house, "xAI Grok", "grok")
    await open_change(house, house.provider("Server").subentry_id)
    house.sim.fail("anthropic", "html", endpoint="models")
    await add(house, "anthropic")

    menu = await send(house, await add(house, "anthropic"), model="auto")
    menu = await choose(house, menu, "test")
    house.sim.fail("anthropic", "refusal")
    menu = await choose(house, menu, "test")
    house.sim.set_models("anthropic", [Model(id="unheard-of")])
    menu = await send(house, await choose(house, menu, "model"), model="unheard-of")
    menu = await choose(house, menu, "test")
    with monkeypatch.context() as patch:
        patch.setitem(sys.modules, LIBRARY, None)
        await add(house, "openai", api_key="third-key")
    with monkeypatch.context() as patch:
        patch.setenv(master_key.ENV_KEY, "not a key")
        await add(house, "anthropic")
        await choose(house, menu, "test")


async def show_look(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """Look through a camera that answers, costs nobody knows what, and fails; go on."""
    said = {"title": "A cat", "description": "A cat sits.", "provider": "openai"}
    costs: list[float | None] = [0.1, None]

    async def answer(*_: object, by_person: bool) -> Look:
        await asyncio.sleep(0.01)  # as long as it takes, the dialog shows that it does
        if not costs:
            raise HomeAssistantError("no")
        cost = costs.pop(0)
        response = {**said, "cost": cost, "total_time_ms": 1}
        return Look(response=response, picture=None, cost=cost)

    monkeypatch.setattr(look_module, "async_look", answer)
    menu = await test_look.look(house)
    for option in ("look", "look", "next"):
        menu = await test_look.choose(house, menu, option)
    monkeypatch.setattr(look_module, "provider_order", lambda _: [])
    await open_add(house, "look")


async def show_no_camera(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """Set it up and look around where there is no camera, and where nothing runs."""
    with monkeypatch.context() as patch:
        for module in (look_module, setup_flow):
            patch.setattr(module, "cameras", lambda _: [])
        created = await send(house, await open_setup(house), **typed(house.sim, "openai"))
        house.entry = created["result"]
        await open_add(house, "look")
    await house.hass.config_entries.async_unload(house.entry.entry_id)
    await open_add(house, "look")
    await house.hass.config_entries.async_remove(house.entry.entry_id)


async def show_trials(house: House, camera: FakeCamera, monkeypatch: pytest.MonkeyPatch) -> None:
    """Try a provider out that does not see, and with a camera in every state."""
    monkeypatch.setattr(policy, "CAMERA_SECONDS", 0.5)
    menu = await send(house, await add(house, "anthropic"), model="auto")
    house.sim.fail("anthropic", "blind")
    form = await choose(house, await choose(house, menu, "test"), "camera")
    for camera.sends in (None, b"no picture", BLACK):
        form = await send(house, form, entity_id=CAMERA)
    camera.sends = picture()
    await add_rules(house, "OpenAI")
    await send(house, form, entity_id=CAMERA)
    (rules,) = house.entry.get_subentries_of_type("camera")
    house.hass.config_entries.async_remove_subentry(house.entry, rules.subentry_id)
    await house.hass.async_block_till_done()


async def show_camera(house: House) -> None:
    """Draw what is no area, add rules twice, and look at them again; lose a camera."""
    area = {"name": "Window", "left": 50, "top": 20, "right": 10, "bottom": 80}
    wrongs: list[dict[str, Any]] = [{"masks": [area]}, {"masks": [area] * 51}]
    wrongs += [{"polygons": ["a window"]}, {"polygons": ["1,1 " * 101]}, {}, {}]
    add_device(house, "maker", "camera.gate", "camera.gate_sub")
    for wrong in wrongs:
        form = await open_add(house, "camera")
        await send(house, form, entity_id=CAMERA, keep_pictures=True, **wrong)
    form = await send(
        house, await open_add(house, "camera"), entity_id="camera.gate", keep_pictures=True
    )
    await send(house, form, also=["camera.gate_sub"])
    rules = house.entry.get_subentries_of_type("camera")
    await open_change(house, [each.subentry_id for each in rules][-1])
    await add_rules(house, entity_id="camera.nowhere")
    add_device(house, "maker", "camera.gate_zoom")


async def show_done(house: House) -> None:
    """Change rules and a provider, give a key that was lost, and change nothing else."""
    rules = house.entry.get_subentries_of_type("camera")[0]
    await send(house, await open_change(house, rules.subentry_id), keep_pictures=True)
    menu = await send(house, await change(house, "OpenAI", "openai"), model="auto")
    await choose(house, menu, "save")
    form = await house.entry_for_tests.start_reauth_flow(house.hass)
    await send(house, form, api_key=house.sim.keys["grok"])
    form = await house.entry_for_tests.start_reconfigure_flow(house.hass)
    await send(house, form, **changed(form))


async def show_ledger(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the ledger be unusable in every way, at last damaged, and not be moved."""
    writer = house.runtime.accounts.writer
    await writer.async_flush()  # what is under way would end the trouble
    monkeypatch.setattr(writer, "_pause", ledger_writer.RETRY_MAX_SECONDS)
    monkeypatch.setattr(Ledger, "set_aside", Mock(side_effect=OSError))
    for trouble in (LedgerError, LedgerNewerError, LedgerDamagedError):
        monkeypatch.setattr(Ledger, "write", Mock(side_effect=trouble))
        await writer.async_flush()


async def begin_fix(hass: HomeAssistant, issue_id: str) -> Any:
    """Open the dialog of a report."""
    context = {"issue_id": issue_id}
    fixes = hass.data["repairs"]["flow_manager"]
    return await fixes.async_init(DOMAIN, context=context, data=context)  # 2026.9 needs the data


async def show_fix(hass: HomeAssistant, issue_id: str) -> None:
    """Let the fix of a report fail, in each of its ways."""
    fixes = hass.data["repairs"]["flow_manager"]
    form = await begin_fix(hass, issue_id)
    if form["step_id"] in {"confirm", "model"}:
        typed = {"model": "auto"} if form["step_id"] == "model" else {}
        await fixes.async_configure(form["flow_id"], typed)
    if form["type"] == "menu":
        for option in form["menu_options"]:
            form = await begin_fix(hass, issue_id)
            form = await fixes.async_configure(form["flow_id"], {"next_step_id": option})
            if form["data_schema"].schema:
                typed = {"model": "auto"} if form["step_id"] == "model" else {"entity_id": CAMERA}
                await fixes.async_configure(form["flow_id"], typed)


async def show_budget(house: House) -> None:
    """Type wrong limits; report that most and that all is used, for all and for one provider."""
    for mistake, _ in test_budget.MISTAKES:
        await test_budget.change_budget(house, **mistake)
        await add(house, "gemini", more=mistake)
    openai = house.provider("OpenAI")
    calls = house.runtime.accounts.spent(Period.DAY).calls
    own = house.runtime.accounts.spent(Period.DAY, openai.subentry_id).calls
    for share in (1.0, 1.2):
        house.hass.config_entries.async_update_subentry(
            house.entry, openai, data={**openai.data, CONF_BUDGET: {"calls_per_day": own * share}}
        )
        options = {**house.entry.options, CONF_BUDGET: {"calls_per_day": calls * share}}
        house.hass.config_entries.async_update_entry(house.entry, options=options)
        await house.hass.async_block_till_done()


async def show_reports(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """Report everything that can be reported, and let every fix fail."""
    hass = house.hass
    assert await async_setup_component(hass, "repairs", {})
    seen: dict[str, ir.IssueEntry] = {}

    async def fix(title: str = "OpenAI", failure: Failure | None = None, hours: int = 0) -> None:
        if failure:
            provider_id = house.provider(title).subentry_id
            house.runtime.chain.health(provider_id).cool_down(failure, 3600 * hours)
            made: dict[str, Any] = {"provider": "openai", "model": "m", "number": 1, "started": 0}
            failed = Attempt(provider_id=provider_id, failure=failure, **made)
            issues.async_reflect(hass, house.entry, [failed])
        for issue in list(ir.async_get(hass).issues.values()):
            if issue.is_fixable and issue.issue_id not in seen:
                seen[issue.issue_id] = issue
                await show_fix(hass, issue.issue_id)

    house.sim.fail("openai", "refusal", repeat=True)
    ending = {"provider": "OpenAI", "model": "m", "day": "1 May 2027", "price": "It is free."}
    ending["successor"] = "gpt-6-luna"
    issues.async_report_retiring(hass, house.entry, house.provider("OpenAI").subentry_id, ending)
    await fix()
    for hours, failure in enumerate(Failure, 1):
        await fix("OpenAI", failure, hours)
    other = house.provider("Other")
    hass.config_entries.async_update_subentry(
        house.entry, other, data={**other.data, "model": "gpt-4o-mini"}
    )
    await hass.async_block_till_done()
    await fix("Other", Failure.MODEL_MISSING, 30)
    for title in ("Other", "OpenAI"):
        await fix(title, Failure.QUOTA, 40)
    await show_budget(house)
    await show_ledger(house, monkeypatch)
    await fix()
    issues.async_report_failing(hass, {"cameras": "Gate", "list": "- Gate"})
    await hass.config_entries.async_unload(house.entry.entry_id)
    for issue in seen.values():
        ir.async_create_issue(
            hass,
            DOMAIN,
            issue.issue_id,
            data=issue.data,
            is_fixable=True,
            severity=ir.IssueSeverity.WARNING,
            translation_key=issue.translation_key or "",
            translation_placeholders=issue.translation_placeholders,
        )
        await begin_fix(hass, issue.issue_id)
    with monkeypatch.context() as patch:
        patch.setitem(sys.modules, LIBRARY, None)
        await hass.config_entries.async_setup(house.entry.entry_id)
    await hass.config_entries.async_unload(house.entry.entry_id)
    for subentry_id in list(house.entry.subentries):
        hass.config_entries.async_remove_subentry(house.entry, subentry_id)
    await hass.config_entries.async_setup(house.entry.entry_id)


@pytest.mark.usefixtures("all_enabled")
async def test_everything_shown_has_a_text_and_every_text_is_shown(
    house: House, camera: FakeCamera, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Take any one text away, or add one that nothing shows, and this fails."""
    shown = record(monkeypatch)
    monkeypatch.setattr(pinning, "_resolve", AsyncMock(return_value=[ip_address("127.0.0.1")]))
    await show_no_camera(house, monkeypatch)
    with untrusted() as server:
        await show_setup(house, monkeypatch, server.url)
        other = house.subentry("openai", title="Other", api_key="other-key")
        own = house.subentry("openai_compatible", title="Server", base_url=NOBODY)
        await house.set_up("openai", other, house.subentry("grok", ciphertext="lost"), own)
        await show_changes(house, monkeypatch)
        await show_provider(house, monkeypatch, server.url)
    await show_look(house, monkeypatch)
    await show_trials(house, camera, monkeypatch)
    await show_camera(house)
    await show_done(house)
    await house.describe()
    shown.add_entities(house.hass)
    shown.add_actions()
    hosts = (f"can_reach_{kind}" for kind in system_health.HOSTS)  # every vendor may be in use
    # Where a placeholder that is not given raises.
    sources = {"common.logbook_": getsource(logbook), "common.": getsource(test_report)}
    offered = texts_of(blueprints.SOURCE)
    for name, text in TEXTS.items():
        if name.startswith("common.blueprint_") and text in offered:
            shown[name] = set(PLACEHOLDER.findall(text))
        prefix = next((each for each in sources if name.startswith(each)), None)
        if prefix and re.search(rf"['\"]{name.removeprefix(prefix)}['\"]", sources[prefix]):
            shown[name] = set(PLACEHOLDER.findall(text))
    shown.update(texts_of_cards(TEXTS))
    shown.add("entity.sensor.last_description.state", "not_described")  # said by the sensor itself
    shown.add("system_health.info", *await system_health.async_info(house.hass), *hosts)
    await show_reports(house, monkeypatch)
    check_texts(shown, exceptions=False)


async def show_budgets(house: House) -> None:
    """Let every limit be used up, for all and for one provider, and another camera have a part."""
    hass, openai = house.hass, house.provider("OpenAI")
    (rules,) = house.entry.get_subentries_of_type("camera")
    hass.config_entries.async_remove_subentry(house.entry, rules.subentry_id)
    made: dict[str, Any] = {"provider": "openai", "model": "m", "number": 1, "started": 0}
    paid = Attempt(provider_id=openai.subentry_id, failure=None, cost=1.0, **made)
    for field in LIMIT_FIELDS:
        budget = {field: 1, "reserve_cameras": ["camera.gate"]}
        house.runtime.accounts.async_book("", CAMERA, Purpose.EVENT, paid)
        hass.config_entries.async_update_entry(house.entry, options={CONF_BUDGET: budget})
        await hass.async_block_till_done()
        with suppress(HomeAssistantError):
            await house.describe()
        hass.config_entries.async_update_entry(house.entry, options={})
        hass.config_entries.async_update_subentry(
            house.entry, openai, data={**openai.data, CONF_BUDGET: {field: 0}}
        )
        await hass.async_block_till_done()
        with suppress(HomeAssistantError):
            await house.describe(providers="openai")
    hass.config_entries.async_update_subentry(house.entry, openai, data=openai.data)
    await hass.async_block_till_done()


async def show_parts(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """Show what else is put together of several texts, or refused."""
    monkeypatch.setattr(failing_cameras, "SECONDS", 0.0)
    monkeypatch.setattr(failing_cameras, "EVENTS", 1)
    failing = FailingCameras(house.hass, house.entry)
    for status in set(Status) - {Status.TESTED}:
        camera = f"camera.{status.name.lower()}"
        house.hass.states.async_set(camera, "idle")
        failing.async_count(
            EventRecord(event_id="", camera=camera, status=status, is_automatic=True)
        )
    for mistake in MISTAKES:
        if mistake.form == "action":
            with suppress(HomeAssistantError):
                await house.describe(**mistake.typed)
    await show_usage(house, monkeypatch)
    await show_doors(house, monkeypatch)
    for seconds in (0.0, 60.0):
        await outcome_texts.async_next_try(house.hass, "OpenAI", seconds)
    for cents in (None, 2.5):
        await outcome_texts.async_price(house.hass, cents)
    await outcome_texts.async_day(house.hass, date(2027, 1, 14))
    (device, *_) = dr.async_entries_for_config_entry(dr.async_get(house.hass), house.entry.entry_id)
    with suppress(HomeAssistantError):
        await async_remove_config_entry_device(house.hass, house.entry, device)
    await show_budgets(house)
    await house.hass.async_block_till_done(wait_background_tasks=True)


async def test_every_exception_has_its_placeholders(
    house: House, camera: FakeCamera, quick: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A text that names a placeholder which is not given would be shown with a hole."""
    shown = record(monkeypatch)
    hass, sim = house.hass, house.sim
    away = (house.subentry(kind, base_url=NOBODY, model="m") for kind in ("grok", "anthropic"))
    entry = house.add_entry(
        "openai", *away, house.subentry("grok", ciphertext="lost", title="Lost")
    )

    async def describe(**data: Any) -> None:
        with suppress(HomeAssistantError):
            await house.describe(**data)

    async def reload() -> None:
        await hass.config_entries.async_reload(entry.entry_id)
        await hass.async_block_till_done()

    good = house.put_master_key("damaged")
    await reload()
    house.put_master_key(good)
    monkeypatch.setenv(master_key.ENV_KEY, "not a key")
    await reload()
    monkeypatch.delenv(master_key.ENV_KEY)
    await reload()

    await describe(providers="gemini")
    for camera.sends in (None, b"no picture", BLACK):
        await describe(timeout=5)
    camera.sends = picture()
    await describe(providers=["grok", "anthropic"])
    sim.fail("openai", "quota", repeat=True)
    await describe(providers="openai")
    button = {"entity_id": "button.eyewitness_test_all_providers"}
    for domain, action, data in ((DOMAIN, "test_chain", {"x": 1}), ("button", "press", button)):
        with suppress(HomeAssistantError):
            await hass.services.async_call(domain, action, data, blocking=True)
    health = house.runtime.chain.health(house.provider("openai").subentry_id)
    for seconds in (86400.0, inf):
        health.cool_down(Failure.QUOTA, seconds)
        await describe(providers="openai")
    await add_rules(house, "anthropic")
    for entity_id in ("camera.nobody", "image.front_door_last_picture", CAMERA):
        await describe(entity_id=entity_id, providers="openai" if entity_id == CAMERA else "grok")
    with monkeypatch.context() as patch:
        patch.setattr(policy, "MAX_ATTEMPTS", 0)
        await describe()
    for error in (QueueFullError, QueueClosedError, TimeoutError):
        with monkeypatch.context() as patch:
            patch.setattr(RunQueue, "submit", AsyncMock(side_effect=error))
            await describe()
    with monkeypatch.context() as patch:
        patch.setattr(describe_module, "camera_task", AsyncMock(side_effect=KeyError))
        await describe()
    await show_parts(house, monkeypatch)
    for subentry_id in list(entry.subentries):
        hass.config_entries.async_remove_subentry(entry, subentry_id)
    await hass.async_block_till_done()
    await describe()
    hass.set_state(CoreState.stopping)
    await describe()
    hass.set_state(CoreState.running)
    check_texts(shown, exceptions=True)


async def show_usage(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the actions about the usage fail in all their ways."""
    again = ("export_usage", {"path": "a.csv"}, "")
    house.hass.config.allowlist_external_dirs = {house.hass.config.config_dir}
    away = ("export_usage", {"path": f"{house.hass.config.path('www')}/a.csv"}, "")
    for action, data, _ in (*test_usage_actions.MISTAKES, again, again, away):
        with suppress(HomeAssistantError):
            await house.hass.services.async_call(
                DOMAIN, action, data, blocking=True, return_response=True
            )
    monkeypatch.setattr(Ledger, "report", Mock(side_effect=LedgerError))
    with suppress(HomeAssistantError):
        await house.hass.services.async_call(
            DOMAIN, "get_usage", blocking=True, return_response=True
        )


async def show_doors(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the doors of the history fail in all their ways, and the mask editor."""
    hass = house.hass
    source = await media_source.async_get_media_source(hass)

    async def resolve(identifier: str) -> None:
        with suppress(Unresolvable):
            await source.async_resolve_media(MediaSourceItem(hass, DOMAIN, identifier, None))

    await resolve("no event")
    (without_picture,) = put(house, event())
    await resolve(without_picture)
    with monkeypatch.context() as patch:
        patch.setattr(History, "async_event", AsyncMock(side_effect=LedgerError))
        await resolve(without_picture)
        patch.setattr(media_source, "loaded_entry", lambda _: None)
        await resolve(without_picture)
    camera = EditedCamera.find(hass, house.entry, CAMERA)
    assert camera is not None
    for areas in ([AREA | {"right": 10}], [AREA] * 51):
        with suppress(HomeAssistantError):
            camera.check(areas)


def check_texts(shown: Shown, *, exceptions: bool) -> None:
    """Fail unless these are the texts, and unless this would fail without any one of them."""
    paths = {path for path in TEXTS if path.startswith("exceptions.") == exceptions}
    found = Shown(
        {path: shown[path] for path in shown if path.startswith("exceptions.") == exceptions}
    )
    assert found.faults() == []
    assert found.keys() ^ paths == set()
    for path in paths:
        without = {other: text for other, text in TEXTS.items() if other != path}
        assert found.faults(without) == [f"shown, but without a text: {path}"]


def test_every_key_that_the_sources_name_has_a_text() -> None:
    """Also one that is not shown above."""
    keys = {part for path in TEXTS for part in path.split(".")}
    named = re.compile(r'\b(?:translation_key=|error\(|CameraError\(|reason=|AbortFlow\()"(\w+)"')
    for path in INTEGRATION.rglob("*.py"):
        assert set(named.findall(path.read_text("utf-8"))) <= keys


def test_texts_are_fit_to_be_read() -> None:
    """Each is a text, without spaces around it, and without HTML or an address in it."""
    for path, text in TEXTS.items():
        assert text, path
        assert text == text.strip(), path
        assert not re.search(r"<[a-z]|https?://|\[%key", text), path


@pytest.mark.usefixtures("all_enabled")
async def test_every_entity_has_an_icon(house: House, camera: FakeCamera) -> None:
    """From icons.json, or from its device class; and no icon is left over."""
    await house.set_up("openai")
    await add_rules(house)
    options: dict[str, set[str]] = {}
    for platform, entity in entities(house.hass):
        if entity.device_class not in WITH_ICON:
            name = f"{platform}.{entity.translation_key}"
            options[name] = set((entity.capability_attributes or {}).get("options") or ())
    icons = {
        f"{p}.{key}": icon for p, keys in ICONS["entity"].items() for key, icon in keys.items()
    }
    assert icons.keys() == options.keys()
    for name, icon in icons.items():
        states = icon.get("state", {})
        assert states.keys() <= options[name]
        assert icon["default"] not in states.values()
    assert all(icon.startswith("mdi:") for icon in leaves(ICONS).values())


def test_every_action_and_section_has_an_icon() -> None:
    """The editor of automations shows them."""
    assert ICONS["services"].keys() == ACTIONS.keys()
    for action, icons in ICONS["services"].items():
        sections = {name for name, field in ACTIONS[action]["fields"].items() if "fields" in field}
        assert icons.keys() == ({"service", "sections"} if sections else {"service"})
        assert icons.get("sections", {}).keys() == sections


def test_the_editor_offers_what_the_action_takes() -> None:
    """services.yaml and the schema name the same fields, limits and defaults."""
    assert list(ACTIONS) == [
        services.SERVICE_DESCRIBE,
        services.SERVICE_TEST,
        services.SERVICE_ROTATE,
        services.SERVICE_GET_USAGE,
        services.SERVICE_EXPORT_USAGE,
    ]
    for name, schema in (
        (services.SERVICE_GET_USAGE, usage_call.GET),
        (services.SERVICE_EXPORT_USAGE, usage_call.EXPORT),
    ):
        assert list(ACTIONS[name]["fields"]) == list(schema.schema)
    usage = ACTIONS[services.SERVICE_GET_USAGE]["fields"]
    assert usage["rows"]["selector"]["number"]["max"] == usage_call.ROWS_MAX
    for field, options in (("period", usage_call.Span), ("group_by", usage_call.Group)):
        assert usage[field]["selector"]["select"]["options"] == list(options)
    described = flat(ACTIONS[services.SERVICE_DESCRIBE]["fields"])
    fields = {name: field for name, field in described if "selector" in field}
    required = {str(name): isinstance(name, vol.Required) for name in call.SCHEMA.schema}
    assert {name: field.get("required", False) for name, field in fields.items()} == required
    assert fields["timeout"]["default"] == policy.TOTAL_SECONDS
    seconds = fields["timeout"]["selector"]["number"]
    assert (seconds["min"], seconds["max"]) == (policy.TOTAL_SECONDS_MIN, policy.TOTAL_SECONDS_MAX)
    assert fields["max_tokens"]["default"] == policy.MAX_TOKENS
    assert fields["providers"]["selector"]["select"]["options"] == list(KINDS)
    for limit in ("min", "max"):
        value = fields["max_tokens"]["selector"]["number"][limit]
        assert call.SCHEMA({"entity_id": "camera.a", "max_tokens": value})["max_tokens"] == value
