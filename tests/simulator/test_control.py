"""The control API does what the Python methods do."""

from dataclasses import asdict
from typing import Any

from aiohttp import ClientSession
import pytest

from tests.harness.process import ProcessError
from tests.harness.simulator import SimulatorClient

from . import KEYS, Simulator
from .catalog import Model
from .conftest import Send, answer, send_to
from .samples import describe_sample, list_sample, picture


@pytest.fixture
def control(sim: Simulator) -> SimulatorClient:
    """Return a client of the control API."""
    return SimulatorClient(sim.urls)


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "/faults", {"vendor": "openai", "kind": "surprise"}),
        ("POST", "/faults", {"vendor": "nobody", "kind": "reset"}),
        ("POST", "/faults", {"vendor": "openai", "kind": "reset", "speed": 3}),
        ("PUT", "/keys", {"nobody": "x"}),
        ("PATCH", "/models/openai/gpt-6-luna", {"colour": "red"}),
        ("GET", "/requests?vendor=nobody", None),
    ],
)
async def test_wrong_calls(
    control: SimulatorClient, sim: Simulator, method: str, path: str, body: Any
) -> None:
    """A wrong call says why, and changes nothing."""
    before = (sim.faults("openai"), sim.models("openai"), dict(sim.keys))
    with pytest.raises(ProcessError, match=r'400 .*"error": "ValueError: '):
        await control.call(method, path, body)
    assert before == (sim.faults("openai"), sim.models("openai"), sim.keys)


async def test_requests_and_images(control: SimulatorClient, send: Send, sim: Simulator) -> None:
    """The log can be read and emptied, a picture fetched."""
    await send(describe_sample("openai"))
    await send(list_sample("grok"))
    records = [asdict(record) for record in sim.requests()]
    assert await control.requests(endpoint=None) == records
    assert await control.requests("grok", endpoint=None) == records[1:]
    assert await control.requests() == records[:1]
    assert await control.image(1) == picture()
    for path in ("/images/2", "/images/1?index=1"):
        with pytest.raises(ProcessError, match="404"):
            await control.call("GET", path)
    await control.forget_requests()
    assert await control.requests(endpoint=None) == []


async def test_models(control: SimulatorClient, send: Send, sim: Simulator) -> None:
    """Models can be switched on, redirected, changed and replaced."""
    table, old = sim.models("grok"), "grok-2-vision-1212"
    assert [model.id for model in table if not model.offered] == [old]
    sample = describe_sample("grok").with_model(old, reasoning_effort=None)
    assert (await send(sample)).status == 404
    await control.offer("grok", old)
    assert (await answer(await send(sample), "grok")).model == old
    change = {"bills_as": "grok-4.3", "refuses": ["seed"]}
    await control.call("PATCH", f"/models/grok/{old}", change)
    assert (await answer(await send(sample), "grok")).model == "grok-4.3"
    assert (await send(sample.with_model(old, seed=1))).status == 400
    sim.set_models("grok", [Model(id="grok-9", listed=False)])
    assert (await send(sample.with_model("grok-9"))).status == 200
    assert (await (await send(list_sample("grok"))).json())["models"] == []
    sim.retire("grok", "grok-9")
    assert (await send(sample)).status == 404
    sim.offer("grok", "grok-9")
    assert (await send(sample)).status == 200
    await control.reset()
    assert sim.models("grok") == table


async def test_reset(socket_enabled: None, session: ClientSession) -> None:
    """Everything goes back to the start; a vendor that was started to fail fails on."""
    async with Simulator(failing=["grok"]) as simulator:
        control = SimulatorClient(simulator.urls)
        simulator.fail("openai", "reset", repeat=True)
        simulator.retire("openai", "gpt-6-luna")
        await control.set_key("openai", "fresh-key")
        assert simulator.keys == KEYS | {"openai": "fresh-key"}
        response = await send_to(simulator.urls, session, list_sample("openai"))
        assert response.status == 401
        await control.reset()
        assert simulator.requests() == []
        for sample, status in (
            (describe_sample("openai"), 200),
            (describe_sample("grok"), 500),
            (describe_sample("grok"), 500),
            (list_sample("grok"), 200),
        ):
            assert (await send_to(simulator.urls, session, sample)).status == status


def test_urls_before_the_start() -> None:
    """There is no address before there is a port."""
    with pytest.raises(RuntimeError, match="not been started"):
        _ = Simulator().urls
