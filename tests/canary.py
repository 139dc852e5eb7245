"""Plant distinct keys, use them, and read everything that could show one."""

import asyncio
from base64 import b64encode
from collections.abc import Callable, Iterator, Mapping
from dataclasses import fields, is_dataclass
import json
from pathlib import Path
import re
import traceback
from typing import Any, Final
from urllib.parse import quote

from homeassistant.components.trace.const import DATA_TRACE
from homeassistant.config_entries import SOURCE_REAUTH
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import issue_registry as ir
from homeassistant.helpers.json import ExtendedJSONEncoder
from homeassistant.setup import async_setup_component
from pytest_homeassistant_custom_component.common import (
    async_capture_events,
    get_system_health_info,
)

from custom_components.eyewitness import diagnostics, logbook
from custom_components.eyewitness.const import DOMAIN, EVENT_DESCRIBED, EVENT_FAILED
from tests.kit import ACTION, CAMERA, House
from tests.simulator import VENDORS, Model, Simulator

KEYS: Final = {
    "openai": "sk-proj-" + "cAnaryOpenAI0" * 3,
    "grok": "xai-" + "cAnaryGrok0000" * 3,
    "gemini": "AIza" + "cAnaryGemini0" * 3,
    "anthropic": "sk-ant-" + "cAnaryClaude0" * 3,
    "openai_compatible": "cAnaryCompatible-" + "0" * 20,
    "typed wrong": "cAnaryTypedWrong-" + "0" * 20,
}
AUTOMATION: Final = {
    "id": "canary",
    "alias": "Canary",
    "triggers": [{"trigger": "event", "event_type": "canary"}],
    "actions": [
        {"action": f"{DOMAIN}.{ACTION}", "data": {"entity_id": CAMERA}, "response_variable": "seen"}
    ],
}


def forms() -> Iterator[tuple[str, str]]:
    """Return every key in every form in which it could lie around."""
    for owner, key in KEYS.items():
        yield owner, key
        yield owner, key[:20]
        yield owner, b64encode(key.encode()).decode().rstrip("=")[:-2]
        yield owner, quote(key, safe="")


def disguises(key: str) -> Iterator[str]:
    """Return what a server can write into a JSON text so that a person reads a key."""
    yield "".join(rf"\u{ord(char):04x}" for char in key)
    for gap in (r"\u200b", r"\u200d", r"\u00ad", r"\u001b[31m", r"\ufe0f", r"\n"):
        yield f"{key[:9]}{gap}{key[9:]}"
        yield gap.join(key)


def squeezed(text: str) -> str:
    """Return what a person would read, without the blanks."""
    text = re.sub(r"\\u([0-9a-f]{4})", lambda match: chr(int(match[1], 16)), text)
    return re.sub(r"\x1b\[[0-9;]*m|[^!-~]", "", text)


def hits(surfaces: Mapping[str, str]) -> dict[str, set[str]]:
    """Return the surfaces that show a key, each with whose keys it shows."""
    found = {
        surface: {owner for owner, form in forms() if form in text or form in squeezed(text)}
        for surface, text in surfaces.items()
    }
    return {surface: owners for surface, owners in found.items() if owners}


def dump(value: Any, depth: int = 6) -> str:
    """Return what ``repr`` shows of a value, and of the dataclasses within it."""
    text = repr(value)
    if depth and is_dataclass(value) and not isinstance(value, type):
        parts = (getattr(value, field.name, None) for field in fields(value))
        text += "\n".join(dump(part, depth - 1) for part in parts)
    elif depth and isinstance(value, Mapping):
        text += "\n".join(dump(part, depth - 1) for part in value.values())
    elif depth and isinstance(value, list | tuple | set | frozenset):
        text += "\n".join(dump(part, depth - 1) for part in value)
    return text


def dumps(value: Any) -> str:
    """Return JSON of what Home Assistant can write, and words for the rest."""
    return json.dumps(value, cls=ExtendedJSONEncoder)


def chained(err: BaseException | None) -> str:
    """Return an exception with all that it drags along: causes, arguments and local texts."""
    found: list[str] = []
    while err is not None and len(found) < 20:
        found.append(f"{err!r} {err} {vars(err)} {''.join(traceback.format_exception(err))}")
        err = err.__cause__ or err.__context__
    return "\n".join(found)


class Canary:
    """A life with Eyewitness in which everything happens, and what it leaves behind."""

    def __init__(self, hass: HomeAssistant, house: House, sim: Simulator) -> None:
        """Give each provider a key of its own."""
        self.hass = hass
        self.house = house
        self.sim = sim
        self.responses: list[Any] = []
        self.errors: list[BaseException] = []
        self.forms: list[Any] = []
        self.tasks: set[str] = set()
        for vendor in VENDORS:
            sim.set_key(vendor, KEYS[vendor])

    async def live(self) -> None:
        """Succeed, fail in every way, be refused, and let an automation run."""
        self.events = async_capture_events(self.hass, EVENT_DESCRIBED)
        self.hass.bus.async_listen(EVENT_FAILED, self.events.append)
        compatible = self.house.subentry(
            "openai_compatible", api_key=KEYS["openai_compatible"], title="Own server"
        )
        await self.house.set_up(*VENDORS, compatible)
        self.entry = self.house.entry
        assert await async_setup_component(self.hass, "automation", {"automation": [AUTOMATION]})
        for vendor in VENDORS:
            await self.describe(providers=[vendor])
            text = json.dumps({"description": f"It says {KEYS[vendor]}."})
            self.sim.fail(vendor, "answer", text=text, headers={"x-key": KEYS[vendor]})
            await self.describe(providers=[vendor])
            for said in disguises(KEYS[vendor]):
                text = f'{{"title": "{said}", "description": "It says {said}."}}'
                self.sim.fail(vendor, "answer", text=text)
                await self.describe(providers=[vendor])
            for fault in ("html", "forbidden", "quota", "server_error", "truncated"):
                self.sim.fail(vendor, fault, repeat=True)
                await self.describe(providers=[vendor])
                self.sim.clear_faults(vendor)
                self.house.runtime.reset(self.house.provider(vendor).subentry_id)
        await self.meet_models_called_like_keys()
        self.hass.bus.async_fire("canary")
        await self.hass.async_block_till_done()
        await self.describe(providers=["openai_compatible"])  # a key that its server refuses
        self.sim.set_key("openai", "another")
        await self.describe()
        await self.hass.async_block_till_done(wait_background_tasks=True)
        await self.type_wrongly()

    async def describe(self, **data: Any) -> None:
        """Describe, whatever comes of it."""
        call = asyncio.create_task(self.house.describe(**data))
        await asyncio.sleep(0.02)
        self.tasks |= {task.get_name() for task in asyncio.all_tasks()}
        try:
            self.responses.append(await call)
        except HomeAssistantError as err:
            self.errors.append(err)

    async def meet_models_called_like_keys(self) -> None:
        """Start anew where each vendor has one model, and no name for it but the key."""
        before = {vendor: self.sim.models(vendor) for vendor in VENDORS}
        for vendor in VENDORS:
            self.sim.set_models(vendor, [Model(id=KEYS[vendor])])
        await self.hass.config_entries.async_reload(self.entry.entry_id)
        for vendor in VENDORS:
            await self.describe(providers=[vendor])
            self.sim.set_models(vendor, before[vendor])
            self.house.runtime.reset(self.house.provider(vendor).subentry_id)
        await self.hass.config_entries.async_reload(self.entry.entry_id)

    async def type_wrongly(self) -> None:
        """Type a wrong key into the form that asks for a new one."""
        flows = self.hass.config_entries.flow
        (asked,) = [
            flow for flow in flows.async_progress() if flow["context"]["source"] == SOURCE_REAUTH
        ]
        self.forms.append(asked)
        for _ in range(2):  # the first time it asks about another provider than it did before
            form = await flows.async_configure(asked["flow_id"], {"api_key": KEYS["typed wrong"]})
            self.forms.append(form)
        assert form["errors"]

    async def surfaces(self, log: str) -> dict[str, str]:
        """Return everything that a person, a program or a backup could read."""
        hass, runtime = self.hass, self.house.runtime
        await hass.async_block_till_done(wait_background_tasks=True)
        traces = hass.data[DATA_TRACE].items()
        found = {
            "log": log,
            "responses": dumps(self.responses),
            "events": dumps([event.as_dict() for event in self.events]),
            "exceptions": "\n".join(chained(err) for err in self.errors),
            "forms": repr(self.forms),
            "states": dumps([state.as_dict() for state in hass.states.async_all()]),
            "traces": dumps(
                {
                    key: [each.as_extended_dict() for each in runs.all_traces()]
                    for key, runs in traces
                }
            ),
            "diagnostics": dumps(
                await diagnostics.async_get_config_entry_diagnostics(hass, self.entry)
            ),
            "repairs": repr(list(ir.async_get(hass).issues.values())),
            "logbook": self.logbook(),
            "repr": dump(runtime) + "\n".join(dump(vars(p)) for p in runtime.providers.values()),
            "stored entry": dumps(self.entry.as_dict()),
            "task names": repr(sorted(self.tasks)),
            "addresses": repr([(r.path, r.key_elsewhere or "") for r in self.sim.requests()]),
        }
        assert await async_setup_component(hass, "system_health", {})
        await hass.async_block_till_done()
        health = await get_system_health_info(hass, DOMAIN)
        for value in health.values():
            if asyncio.iscoroutine(value):
                value.close()
        found["system health"] = repr({k: v for k, v in health.items() if isinstance(v, str | int)})
        await runtime.cooldowns.async_flush()
        found["files"] = await hass.async_add_executor_job(self.files)
        return found

    def logbook(self) -> str:
        """Return the activity list's words for the events."""
        described: dict[str, Callable[[Any], Any]] = {}
        logbook.async_describe_events(
            self.hass, lambda _domain, kind, describe: described.update({kind: describe})
        )
        return repr([described[str(event.event_type)](event) for event in self.events])

    def files(self) -> str:
        """Return every file in the config folder, the database among them."""
        folder = Path(self.hass.config.config_dir)
        return "\n".join(
            path.read_bytes().decode("latin-1")
            for path in sorted(folder.rglob("*"))
            if path.is_file()
        )
