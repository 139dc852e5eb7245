"""The control API does what the Python methods do."""

from typing import Any

from aiohttp import ClientSession
import pytest

from . import KEYS, VENDORS, Simulator
from .catalog import Model
from .conftest import Send
from .samples import auth_headers, changed, describe_sample, list_sample, picture


class Control:
    """A client of the control API."""

    def __init__(self, session: ClientSession, base: str) -> None:
        """Keep the address."""
        self._session = session
        self._base = base

    async def call(self, method: str, path: str = "", body: Any = None, status: int = 200) -> Any:
        """Call and return the JSON."""
        async with self._session.request(method, self._base + path, json=body) as response:
            assert response.status == status, await response.text()
            return await response.json()


@pytest.fixture
def control(sim: Simulator, session: ClientSession) -> Control:
    """Return a client of the control API."""
    return Control(session, sim.urls.control)


async def test_overview(control: Control, sim: Simulator) -> None:
    """It tells where everything is."""
    overview = await control.call("GET")
    assert overview["keys"] == KEYS
    assert overview["requests"] == 0
    assert overview["urls"] == {vendor: sim.urls.base(vendor) for vendor in VENDORS}


async def test_faults(control: Control, send: Send, sim: Simulator) -> None:
    """Faults can be added alone and in lists, read and dropped."""
    await control.call(
        "POST", "/faults", {"vendor": "openai", "kind": "rate_limit", "retry_after": 3}
    )
    added = await control.call(
        "POST",
        "/faults",
        [
            {"vendor": "openai", "kind": "server_error", "count": 2},
            {"vendor": "grok", "kind": "overloaded", "repeat": True},
        ],
    )
    assert added == {"added": 2}
    response = await send(describe_sample("openai"))
    assert (response.status, response.headers["Retry-After"]) == (429, "3")
    waiting = await control.call("GET", "/faults")
    assert [fault["kind"] for fault in waiting["openai"]] == ["server_error"]
    assert waiting["grok"][0]["repeat"] is True
    await control.call("DELETE", "/faults?vendor=openai")
    assert (await send(describe_sample("openai"))).status == 200
    assert (await send(describe_sample("grok"))).status == 503
    await control.call("DELETE", "/faults")
    assert (await send(describe_sample("grok"))).status == 200


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "/faults", {"vendor": "openai", "kind": "surprise"}),
        ("POST", "/faults", {"vendor": "nobody", "kind": "reset"}),
        ("POST", "/faults", {"kind": "reset"}),
        ("POST", "/faults", {"vendor": "openai", "kind": "reset", "speed": 3}),
        ("PUT", "/keys", {"nobody": "x"}),
        ("PATCH", "/models/openai/gpt-6-luna", {"colour": "red"}),
        ("PUT", "/models/openai", [{"offered": True}]),
        ("GET", "/requests?vendor=nobody", None),
    ],
)
async def test_wrong_calls(control: Control, method: str, path: str, body: Any) -> None:
    """A wrong call says why, and changes nothing."""
    before = await control.call("GET", "/faults"), await control.call("GET", "/models/openai")
    answer = await control.call(method, path, body, status=400)
    assert answer["error"]
    after = await control.call("GET", "/faults"), await control.call("GET", "/models/openai")
    assert before == after


async def test_requests_and_images(
    control: Control, send: Send, sim: Simulator, session: ClientSession
) -> None:
    """The log can be read and emptied, a picture fetched."""
    await send(describe_sample("openai"))
    await send(list_sample("grok"))
    records = await control.call("GET", "/requests")
    assert records == [record.to_json() for record in sim.requests()]
    assert [r["seq"] for r in await control.call("GET", "/requests?vendor=grok")] == [2]
    assert [r["seq"] for r in await control.call("GET", "/requests?endpoint=describe")] == [1]
    async with session.get(f"{sim.urls.control}/images/1") as response:
        assert await response.read() == picture()
    await control.call("GET", "/images/2", status=404)
    await control.call("GET", "/images/1?index=1", status=404)
    await control.call("DELETE", "/requests")
    assert await control.call("GET", "/requests") == []


async def test_models(control: Control, send: Send, sim: Simulator) -> None:
    """Models can be changed, added, redirected and replaced."""
    table = await control.call("GET", "/models/grok")
    assert [model["id"] for model in table if not model["offered"]] == ["grok-2-vision-1212"]
    sample = describe_sample("grok")
    sample.body = changed(sample.body, model="grok-2-vision-1212", reasoning_effort=None)
    assert (await send(sample)).status == 404
    await control.call("PATCH", "/models/grok/grok-2-vision-1212", {"offered": True})
    response = await send(sample)
    assert (await response.json())["model"] == "grok-2-vision-1212"
    await control.call("PATCH", "/models/grok/grok-2-vision-1212", {"bills_as": "grok-4.3"})
    response = await send(sample)
    assert (await response.json())["model"] == "grok-4.3"
    await control.call("PUT", "/models/grok", [{"id": "grok-9", "refuses": ["seed"]}])
    response = await send(list_sample("grok"))
    assert [model["id"] for model in (await response.json())["data"]] == ["grok-9"]
    sample.body = changed(sample.body, model="grok-9", seed=1)
    assert (await send(sample)).status == 400
    await control.call("POST", "/reset")
    assert await control.call("GET", "/models/grok") == table


async def test_models_in_python(send: Send, sim: Simulator) -> None:
    """The same in a test's own words."""
    sample = describe_sample("openai")
    sim.retire("openai", "gpt-6-luna")
    assert (await send(sample)).status == 404
    sim.offer("openai", "gpt-6-luna")
    assert (await send(sample)).status == 200
    sim.set_models("openai", [Model(id="x", listed=False)])
    response = await send(list_sample("openai"))
    assert (await response.json())["data"] == []
    assert [model.id for model in sim.models("openai")] == ["x"]


async def test_keys(control: Control, send: Send) -> None:
    """A key can be changed."""
    keys = await control.call("PUT", "/keys", {"openai": "fresh-key"})
    assert keys["keys"] == KEYS | {"openai": "fresh-key"}
    sample = list_sample("openai")
    assert (await send(sample)).status == 401
    sample.headers = auth_headers("openai", "fresh-key")
    assert (await send(sample)).status == 200


async def test_reset(control: Control, send: Send, sim: Simulator) -> None:
    """Everything goes back to the start, what the command line said included."""
    sim.fail("openai", "reset", repeat=True)
    sim.set_key("openai", "fresh-key")
    sim.retire("openai", "gpt-6-luna")
    await send(list_sample("openai"))
    await control.call("POST", "/reset")
    assert sim.requests() == []
    assert (await send(describe_sample("openai"))).status == 200


async def test_reset_keeps_the_failing_vendors(
    socket_enabled: None, session: ClientSession
) -> None:
    """A vendor that was started to fail goes on failing, but lists its models."""
    async with Simulator(failing=["grok"]) as simulator:
        simulator.reset()
        for sample, status in (
            (describe_sample("grok"), 500),
            (describe_sample("grok"), 500),
            (list_sample("grok"), 200),
            (describe_sample("openai"), 200),
        ):
            async with session.request(
                sample.method, sample.url(simulator.urls), headers=sample.headers, json=sample.body
            ) as response:
                assert response.status == status


def test_urls_before_the_start() -> None:
    """There is no address before there is a port."""
    with pytest.raises(RuntimeError, match="not been started"):
        _ = Simulator().urls
