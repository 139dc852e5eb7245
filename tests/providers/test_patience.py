"""The chain has the only clock: no library gives up before it."""

import asyncio

import pytest

from custom_components.eyewitness.chain import guard, policy
from custom_components.eyewitness.chain.failures import Failure, ProviderError

from .kit import TASK, SimVendor


async def test_a_slow_answer_is_waited_for(
    vendor: SimVendor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Longer than the usual patience, if the user has more of it; and no vendor is told a time."""
    monkeypatch.setattr(policy, "ATTEMPT_SECONDS", 0.2)
    provider = vendor.provider(model="mine")
    vendor.offer("mine")
    vendor.fail("latency", latency=1.2)
    reply = await guard.generate(provider, TASK, 10.0)
    assert reply.text
    assert not any("timeout" in name.lower() for name in vendor.requests()[-1].headers)


async def test_nothing_ends_it_but_the_chain(vendor: SimVendor) -> None:
    """And that to the moment, though the vendor sends a byte now and then."""
    provider = vendor.provider(model="mine")
    vendor.offer("mine")
    vendor.fail("drip", rate=20.0)
    began = asyncio.get_running_loop().time()
    with pytest.raises(ProviderError) as caught:
        await guard.generate(provider, TASK, 0.5)
    assert caught.value.failure is Failure.TIMEOUT
    assert asyncio.get_running_loop().time() - began < 1.5


@pytest.mark.soak
@pytest.mark.timeout(120)
async def test_patience_of_a_minute(vendor: SimVendor) -> None:
    """Longer than the 30 s that the libraries had once."""
    provider = vendor.provider(model="mine")
    vendor.offer("mine")
    vendor.fail("latency", latency=45.0)
    assert (await guard.generate(provider, TASK, 60.0)).text
