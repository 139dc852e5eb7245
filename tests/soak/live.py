"""Live through an invented day and write down what happened."""

import asyncio
from collections import Counter, defaultdict
from dataclasses import dataclass, field
import random
from typing import Any, Final

from homeassistant.core import Event, callback
from homeassistant.exceptions import HomeAssistantError

from custom_components.eyewitness.const import EVENT_DESCRIBED, EVENT_FAILED
from tests.kit import House
from tests.simulator import VENDORS, Vendor
from tests.soak.day import Motion, Plan, Trouble
from tests.soak.fast_loop import fast_loop
from tests.soak.vendors import Vendors

_LEAD_SECONDS: Final = 0.5
"""A pause in which nothing happens is skipped but for its last seconds."""


@dataclass(slots=True)
class Call:
    """One call of the action and how it ended."""

    camera: str
    began: float
    ended: float = 0.0
    outcome: str = ""
    """described, joined, reused, or the translation key of the error."""
    run: str = ""
    """The same for all calls that shared a run."""
    cooldowns: dict[str, float] = field(default_factory=dict)
    """Until when each vendor has told us to stay away, when the call ended."""


@dataclass(slots=True)
class Lived:
    """What a day leaves behind."""

    calls: list[Call] = field(default_factory=list)
    bad_times: dict[Vendor, list[tuple[float, float]]] = field(
        default_factory=lambda: defaultdict(list)
    )
    """When each vendor was in trouble, in loop time, and a little more rather than less."""
    events: Counter[str] = field(default_factory=Counter)
    """Those on the bus, by type."""


@dataclass
class Living:
    """A house to which a plan happens."""

    house: House
    vendors: Vendors
    factor: float
    lived: Lived = field(default_factory=Lived)
    _random: random.Random = field(default_factory=lambda: random.Random(7))
    _since: dict[Vendor, float] = field(default_factory=dict)
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)
    _errors: list[HomeAssistantError] = field(default_factory=list)
    """Kept, so that no two have the same id."""
    _midnight: float = 0.0

    async def through(self, plan: Plan) -> Lived:
        """Live through the day."""
        for kind in (EVENT_DESCRIBED, EVENT_FAILED):
            self.house.hass.bus.async_listen(kind, self._count)
        for vendor in VENDORS:
            await self._make_well(vendor)
        self._midnight = fast_loop().time()
        for at, what in _diary(plan):
            await self._until(at)
            match what:
                case Motion(camera=camera):
                    task = asyncio.create_task(self._call(f"camera.yard_{camera}"))
                    self._tasks.add(task)
                    task.add_done_callback(self._tasks.discard)
                case Trouble(vendor=vendor, start=start, fault=fault) if start == at:
                    await self._make_ill(vendor, fault)
                case Trouble(vendor=vendor):
                    await self._make_well(vendor)
        while self._tasks:
            await asyncio.wait(self._tasks)
        return self.lived

    async def _until(self, at: float) -> None:
        loop = fast_loop()
        while (left := self._midnight + at - loop.time()) > 0:
            if self._quiet and left > _LEAD_SECONDS:
                loop.skip(left - _LEAD_SECONDS)
            else:
                await asyncio.sleep(min(left, 1.0))

    @property
    def _quiet(self) -> bool:
        hass, runs = self.house.hass, self.house.runtime.runs
        return not (self._tasks or runs.running or runs.waiting or hass._background_tasks)

    async def _call(self, camera: str) -> None:
        loop = fast_loop()
        call = Call(camera, loop.time())
        self.lived.calls.append(call)
        try:
            response = await self.house.describe(entity_id=camera)
        except HomeAssistantError as err:
            call.outcome, call.run = err.translation_key or repr(err), f"error {id(err)}"
            self._errors.append(err)
        else:
            call.run = response["event_id"]
            joined = "joined" if response["coalesced"] else "described"
            call.outcome = "reused" if response["reused"] else joined
        call.ended = loop.time()
        runtime = self.house.runtime
        call.cooldowns = {
            provider.kind: runtime.chain.health(key).cooldown_until
            for key, provider in runtime.providers.items()
        }

    async def _make_ill(self, vendor: Vendor, fault: Any) -> None:
        self._since.setdefault(vendor, fast_loop().time())
        scaled = dict(fault) | {"repeat": True}
        if fault["kind"] == "drip":
            scaled["rate"] = fault["rate"] * self.factor
        else:
            scaled["latency"] = fault.get("latency", self._latency()) / self.factor
        await self.vendors.script(vendor, scaled)

    async def _make_well(self, vendor: Vendor) -> None:
        normal = {"kind": "latency", "latency": self._latency() / self.factor, "repeat": True}
        await self.vendors.script(vendor, normal)
        if vendor in self._since:
            self.lived.bad_times[vendor].append((self._since.pop(vendor), fast_loop().time()))

    def _latency(self) -> float:
        return self._random.uniform(0.5, 2.0)

    @callback
    def _count(self, event: Event) -> None:
        self.lived.events[str(event.event_type)] += 1


def _diary(plan: Plan) -> list[tuple[float, Motion | Trouble]]:
    diary: list[tuple[float, Motion | Trouble]] = [
        *((motion.at, motion) for motion in plan.motions),
        *((trouble.start, trouble) for trouble in plan.troubles),
        *((trouble.end, trouble) for trouble in plan.troubles),
    ]
    return sorted(diary, key=lambda entry: entry[0])
