"""Ask a provider about a key, over HTTP and with every way in which that can fail."""

from ipaddress import ip_address
import sys
from typing import Any
from unittest.mock import AsyncMock, Mock

from homeassistant.core import HomeAssistant
import pytest

from custom_components.eyewitness.chain.failures import Failure, ProviderError
from custom_components.eyewitness.const import KINDS
from custom_components.eyewitness.flows.key_check import KeyCheck, async_ask
from custom_components.eyewitness.providers import registry
from custom_components.eyewitness.providers.spec import Spec
from custom_components.eyewitness.providers.wire import pinning
from custom_components.eyewitness.providers.wire.pinning import RefusedAddressError
from tests.kit import House
from tests.simulator import Simulator
from tests.tls import untrusted


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        ({"kind": "auth"}, "openai_invalid_auth"),
        ({"kind": "rate_limit", "retry_after": "30"}, None),
        ({"kind": "quota", "variant": "insufficient_quota"}, None),
        ({"kind": "status", "status": 403}, None),
        ({"kind": "server_error"}, "cannot_connect"),
        ({"kind": "overloaded"}, "cannot_connect"),
        ({"kind": "reset"}, "cannot_connect"),
        ({"kind": "html"}, "unexpected_answer"),
        ({"kind": "redirect", "location": "http://127.0.0.1:1/"}, "unexpected_answer"),
        ({"kind": "status", "status": 404}, "unexpected_answer"),
        ({"kind": "non_json"}, "unexpected_answer"),
    ],
)
async def test_what_an_answer_means(
    hass: HomeAssistant, sim: Simulator, fault: dict[str, Any], error: str | None
) -> None:
    """A hotel's login page or a proxy may answer in a vendor's place; nothing is asked twice."""
    spec = Spec(id="", kind="openai", api_key=sim.keys["openai"], base_url=sim.urls.openai)
    assert len((await async_ask(hass, spec)).offers) > 1
    sim.clear_requests()
    sim.fail("openai", endpoint="models", **fault)
    assert await async_ask(hass, spec) == KeyCheck(error)
    assert len(sim.requests()) == 1


async def test_row_36_an_untrusted_connection_is_not_made(house: House) -> None:
    """A certificate that does not fit is no wrong key; the key is not sent."""
    with untrusted() as server:
        for kind in ("openai", "openai_compatible"):
            spec = Spec(id="", kind=kind, api_key="k", base_url=server.url, local=True)
            check = await async_ask(house.hass, spec)
            assert check.errors == {"base": "not_trusted"}
        assert server.requests == []


async def test_row_73_a_name_that_leads_into_the_house_is_refused(
    hass: HomeAssistant, sim: Simulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What looks like the internet and is not gets no request; with the switch on it may be."""
    found: list[str] = []

    async def resolve(name: str) -> list[pinning.Address]:
        found.append(name)
        return [ip_address("127.0.0.1")]

    monkeypatch.setattr(pinning, "_resolve", resolve)
    url = f"llm.example:{sim.urls.openai.split(':')[2]}"
    key = sim.keys["openai"]
    server: dict[str, Any] = {"id": "", "kind": "openai_compatible", "api_key": key}
    elsewhere = Spec(**server, base_url=f"https://{url}")
    assert (await async_ask(hass, elsewhere)).errors == {"base_url": "address_refused"}
    assert (found, sim.requests()) == (["llm.example"], [])
    local = Spec(**server, base_url=f"http://{url}", local=True)
    assert (await async_ask(hass, local)).error is None
    assert len(sim.requests()) == 1


MEANINGS: dict[Failure, str | None] = {
    **dict.fromkeys(Failure, "unexpected_answer"),
    **dict.fromkeys((Failure.RATE_LIMIT, Failure.QUOTA, Failure.FORBIDDEN)),
    **dict.fromkeys((Failure.NETWORK, Failure.TIMEOUT, Failure.SERVER), "cannot_connect"),
    Failure.TLS: "not_trusted",
}


@pytest.mark.parametrize(
    ("err", "error"),
    [
        *((ProviderError(failure), error) for failure, error in MEANINGS.items()),
        (RefusedAddressError(), "address_refused"),
        (TimeoutError(), "cannot_connect"),
    ],
    ids=repr,
)
async def test_what_a_failed_check_means(
    hass: HomeAssistant, monkeypatch: pytest.MonkeyPatch, err: Exception, error: str | None
) -> None:
    """A vendor that knows the key is good enough; a key that is refused names its vendor."""
    provider = Mock(list_models=AsyncMock(side_effect=err), close=AsyncMock())
    monkeypatch.setattr(registry, "build", lambda *_: provider)
    for kind in KINDS:
        check = await async_ask(hass, Spec(id="", kind=kind, api_key="k", base_url="https://a.b"))
        if isinstance(err, ProviderError) and err.failure is Failure.AUTH:
            assert check.errors == {"api_key": f"{kind}_invalid_auth"}
        else:
            place = "base_url" if error == "address_refused" else "base"
            assert check.errors == ({place: error} if error else {})
        assert check.offers == []
    assert provider.close.await_count == len(KINDS)


async def test_a_library_that_cannot_be_used(
    hass: HomeAssistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The form says so at its head, since no other key would help (F 15)."""
    monkeypatch.setitem(sys.modules, "custom_components.eyewitness.providers.anthropic", None)
    found = await async_ask(hass, Spec(id="", kind="anthropic", api_key="a-key"))
    assert found.errors == {"base": "library_unusable"}
