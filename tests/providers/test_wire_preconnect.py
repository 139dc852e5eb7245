"""A connection that is opened ahead of a request: what it says, when, and that it harms nothing."""

import asyncio
from collections.abc import AsyncGenerator
import json
import logging
from typing import Any

import pytest

from custom_components.eyewitness.chain import policy
from custom_components.eyewitness.chain.failures import Failure
from custom_components.eyewitness.chain.walk import Chain
from custom_components.eyewitness.providers import registry
from custom_components.eyewitness.providers.base import VendorProvider
from custom_components.eyewitness.providers.spec import Spec
from custom_components.eyewitness.providers.wire import connections
from tests.front import NOT_FOUND, Front, front_of
from tests.simulator import VENDORS, Simulator, Vendor
from tests.simulator.samples import MODELS

from .kit import SSL, TASK, OtherServer, error_of

HARMLESS = {"accept", "accept-encoding", "connection", "host", "user-agent"}


@pytest.fixture
async def front(sim: Simulator) -> AsyncGenerator[Front]:
    """Put TLS before the simulator."""
    async with front_of(sim) as running:
        yield running


class Line:
    """One vendor behind the front."""

    def __init__(self, sim: Simulator, front: Front, kind: Vendor) -> None:
        """Take the vendor."""
        self.sim = sim
        self.front = front
        self.kind = kind
        self.built: list[VendorProvider] = []

    def provider(self, **changes: Any) -> VendorProvider:
        """Build a provider that trusts the front; the changes are arguments of ``Spec``."""
        spec: dict[str, Any] = {
            "id": "id",
            "kind": self.kind,
            "api_key": self.sim.keys[self.kind],
            "model": MODELS[self.kind],
            "base_url": self.front.base(self.kind),
        }
        self.built.append(registry.build(Spec(**(spec | changes)), self.front.trusting))
        return self.built[-1]


@pytest.fixture(params=VENDORS)
async def line(
    request: pytest.FixtureRequest, sim: Simulator, front: Front
) -> AsyncGenerator[Line]:
    """Return each of the vendors in turn, behind the front."""
    found = Line(sim, front, request.param)
    yield found
    for provider in found.built:
        await provider.close()


only_openai = pytest.mark.parametrize("line", ["openai"], indirect=True)


async def test_one_connection_serves_both(line: Line) -> None:
    """The request finds it open; what went ahead named nobody and held no key."""
    provider = line.provider()
    await provider.preconnect()
    await provider.generate(TASK)
    ahead, request = line.front.seen
    assert (ahead.method, ahead.target) == ("HEAD", "/")
    assert ahead.headers.keys() <= HARMLESS
    assert (request.method, request.connection, line.front.opened) == ("POST", ahead.connection, 1)
    key = line.sim.keys[line.kind]
    assert key in "".join(request.headers.values())
    assert key not in "".join(ahead.headers.values())
    assert "cookie" not in request.headers


async def test_while_one_is_kept_none_is_opened(
    line: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Any answer says that there is one: to what went ahead, a description, a list of models."""
    monkeypatch.setattr(connections, "IDLE_SECONDS", 0.5)
    provider = line.provider()
    for use, method in (
        (provider.preconnect, "HEAD"),
        (lambda: provider.generate(TASK), "POST"),
        (provider.check, "GET"),
    ):
        line.front.seen.clear()
        await use()
        await provider.preconnect()
        assert line.front.methods == [method]
        await asyncio.sleep(0.3)
        await provider.preconnect()
        assert line.front.methods == [method]
        await asyncio.sleep(0.3)
    await provider.preconnect()
    assert line.front.methods == ["GET", "HEAD"]


@only_openai
async def test_after_a_failure_one_is_opened(line: Line) -> None:
    """A request that got no answer leaves no connection that could be trusted."""
    provider = line.provider()
    await provider.generate(TASK)
    line.sim.fail(line.kind, "reset")
    assert (await error_of(provider.generate(TASK))).failure is Failure.NETWORK
    line.front.seen.clear()
    await provider.preconnect()
    assert line.front.methods == ["HEAD"]


@only_openai
async def test_twenty_at_once_open_one(line: Line) -> None:
    """A storm opens its other connections when it needs them."""
    provider = line.provider()
    await asyncio.gather(*(provider.preconnect() for _ in range(20)))
    assert line.front.methods == ["HEAD"]


@pytest.mark.parametrize(
    ("answer", "carries_on"),
    [
        *(
            (b"HTTP/1.1 %d Odd\r\nContent-Length: 0\r\n\r\n" % status, True)
            for status in (200, 405, 421, 500)
        ),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 50000000\r\n\r\n", True),
        (b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n", False),
        (b"nothing that is HTTP\r\n\r\n", False),
        (b"", False),
        (None, False),
    ],
    ids=["200", "405", "421", "500", "long", "closes", "no HTTP", "hangs up", "hangs"],
)
async def test_odd_answers(
    line: Line, answer: bytes | None, carries_on: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever the server makes of it, the request gets its answer at the first try."""
    monkeypatch.setattr(policy, "CONNECT_SECONDS", 1.0)
    line.front.answer = answer
    provider = line.provider()
    async with asyncio.timeout(3):
        await provider.preconnect()
    await provider.generate(TASK)
    assert line.front.methods == ["HEAD", "POST"]
    assert line.front.opened == (1 if carries_on else 2)


async def test_an_answer_with_a_body(line: Line) -> None:
    """It must not be taken for the request's own; who is so wrong is asked twice, at once."""
    lie = json.dumps({"description": "All is well."}).encode("ascii")
    line.front.answer = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(lie) + lie
    provider = line.provider()
    await provider.preconnect()
    verdict = await Chain().run(TASK, [provider], seconds=60, on_attempt=lambda _: None)
    assert [attempt.outcome for attempt in verdict.attempts] == ["network", "ok"]
    assert verdict.answer is not None
    assert "1280x720" in verdict.answer.description


@only_openai
async def test_one_that_hangs_takes_no_connection_again(
    line: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A request's own connection is kept, and must be free for the next one."""
    monkeypatch.setattr(policy, "CONNECT_SECONDS", 0.2)
    line.front.answer = None
    provider = line.provider()
    ahead = asyncio.create_task(provider.preconnect())
    await asyncio.sleep(0.1)
    await provider.generate(TASK)
    await ahead
    await provider.preconnect()
    await provider.generate(TASK)
    assert line.front.methods == ["HEAD", "POST", "POST"]
    assert line.front.opened == 2


async def test_a_redirect_is_not_followed(line: Line, server: OtherServer) -> None:
    """As with every request."""
    target = server.url.encode("ascii")
    line.front.answer = NOT_FOUND.replace(b"404 Not Found", b"302 Found\r\nLocation: " + target)
    await line.provider().preconnect()
    assert (line.front.methods, server.requests) == (["HEAD"], [])


@only_openai
async def test_who_needs_none(line: Line, sim: Simulator) -> None:
    """A server at home is near, over TLS as well; a refused address is refused here, too."""
    server = {"kind": "openai_compatible", "base_url": line.front.base("openai")}
    await line.provider(**server, local=True).preconnect()
    await line.provider(**server, local=False).preconnect()
    await line.provider(base_url=sim.urls.base("openai")).preconnect()
    assert (line.front.opened, sim.requests()) == (0, [])


@only_openai
async def test_it_fails_in_silence(
    line: Line, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A wrong certificate, or an entry that has just been unloaded: the event will tell."""
    caplog.set_level(logging.INFO, "custom_components.eyewitness")
    monkeypatch.setattr(line.front, "trusting", SSL)
    provider = line.provider()
    await provider.preconnect()
    await provider.close()
    await provider.preconnect()
    assert (line.front.seen, caplog.records) == ([], [])
