"""Which model is asked for, and which parameters it is spared."""

import asyncio
import time
from typing import Any

import pytest

from custom_components.eyewitness.chain.failures import Kind, ProviderError
from custom_components.eyewitness.providers import base
from custom_components.eyewitness.providers.models import choose
from tests.simulator import Model, Simulator, Vendor
from tests.simulator.faults import Kind as FaultKind

from .conftest import VENDORS, Build
from .kit import QUESTION, failure

SEEDS = {
    "openai": "gpt-4o-mini",
    "grok": "grok-2-vision-1212",
    "gemini": "gemini-2.0-flash",
    "anthropic": "claude-3-haiku-20240307",
}
SUCCESSORS = {
    "openai": "gpt-6-luna",
    "grok": "grok-4.3",
    "gemini": "gemini-3.5-flash-lite",
    "anthropic": "claude-haiku-5-5",
}


def _asked(sim: Simulator, vendor: Vendor) -> list[tuple[str | None, str | None]]:
    return [(record.endpoint, record.model) for record in sim.requests(vendor)]


async def test_auto_takes_the_first_preference(
    sim: Simulator, build: Build, vendor: Vendor
) -> None:
    """AC2: the seed's model where the account lists it, else its successor; chosen once."""
    for offered, expected in ((True, SEEDS[vendor]), (False, SUCCESSORS[vendor])):
        sim.clear_requests()
        sim.offer(vendor, SEEDS[vendor])
        if not offered:
            sim.retire(vendor, SEEDS[vendor])
        made = build(vendor)
        assert made.model == "auto"
        if offered and vendor == "anthropic":
            # Claude 3 knows no output format: the next request goes without.
            assert (await failure(made)).adapted
            sim.clear_requests()
        await made.describe(QUESTION)
        await made.describe(QUESTION)
        assert made.model == expected
        assert _asked(sim, vendor)[-2:] == [("describe", expected)] * 2
        assert len(_asked(sim, vendor)) <= 3


async def test_the_users_choice_is_not_questioned(
    sim: Simulator, build: Build, vendor: Vendor
) -> None:
    """A model that the user named is asked for, without the list, and is never replaced."""
    made = build(vendor, model="mine")
    err = await failure(made)
    assert (err.kind, err.adapted, err.model) == (Kind.MODEL_MISSING, False, "mine")
    await made.check()
    assert made.model == "mine"
    assert _asked(sim, vendor) == [("describe", "mine"), ("models", None)]


async def test_retired_while_running(sim: Simulator, build: Build, vendor: Vendor) -> None:
    """A model that goes away is replaced once, and the failure says that it was (row 20)."""
    made = build(vendor)
    await made.describe(QUESTION)
    first = made.model
    sim.retire(vendor, first)
    sim.clear_requests()
    err = await failure(made)
    assert (err.kind, err.adapted, err.model) == (Kind.MODEL_MISSING, True, first)
    reply = await made.describe(QUESTION)
    assert reply.model == made.model != first
    await made.describe(QUESTION)
    second = made.model
    assert _asked(sim, vendor) == [
        ("describe", first),
        ("models", None),
        ("describe", second),
        ("describe", second),
    ]


async def test_listed_names_are_bare(sim: Simulator, build: Build, vendor: Vendor) -> None:
    """They can be named in a request as they stand; Google lists them below ``models/``."""
    sim.set_models(vendor, [Model(id="one"), Model(id="two")])
    assert list(await build(vendor).list_models()) == ["one", "two"]


async def test_listed_but_missing(sim: Simulator, build: Build, vendor: Vendor) -> None:
    """A model that is listed and does not answer is not chosen again."""
    sim.fail(vendor, "model_missing")
    made = build(vendor)
    err = await failure(made)
    assert err.adapted
    reply = await made.describe(QUESTION)
    assert reply.model != err.model
    assert err.model in await made.list_models()


async def test_every_model_is_missing(sim: Simulator, build: Build, vendor: Vendor) -> None:
    """When nothing is left, the error does not promise that another try would help."""
    sim.fail(vendor, "model_missing", repeat=True)
    made = build(vendor)
    errors = [await failure(made) for _ in range(len(choose.PREFERRED[vendor]) + 1)]
    assert errors[0].adapted
    assert not errors[-1].adapted
    assert all(err.kind is Kind.MODEL_MISSING for err in errors)


@pytest.mark.parametrize(
    ("vendor", "listed", "chosen"),
    [
        ("openai", "gpt-4o-mini-2024-07-18", "gpt-4o-mini-2024-07-18"),
        ("grok", "grok-4.3-latest", "grok-4.3-latest"),
        ("anthropic", "claude-haiku-4-5-20251001", "claude-haiku-4-5-20251001"),
        ("gemini", "gemini-3.5-flash-lite", "gemini-3.5-flash-lite"),
    ],
)
async def test_dated_names(
    sim: Simulator, build: Build, vendor: Vendor, listed: str, chosen: str
) -> None:
    """An account may list a model under a dated name only."""
    sim.set_models(vendor, [Model(id="something-else"), Model(id=listed)])
    made = build(vendor)
    await made.check()
    assert made.model == chosen


@pytest.mark.parametrize("fault", ["forbidden", "auth", "server_error", "html", "reset"])
async def test_a_key_that_may_not_list(
    sim: Simulator, build: Build, vendor: Vendor, fault: FaultKind
) -> None:
    """A restricted key describes all the same, and asks for the list once."""
    sim.fail(vendor, fault, endpoint="models", repeat=True)
    made = build(vendor)
    reply = await made.describe(QUESTION)
    assert reply.model == made.model == SUCCESSORS[vendor]
    await made.describe(QUESTION)
    assert [endpoint for endpoint, _ in _asked(sim, vendor)] == ["models", "describe", "describe"]
    with pytest.raises(ProviderError) as caught:
        await made.check()
    assert caught.value.__cause__ is None


async def test_a_list_that_hangs(
    sim: Simulator, build: Build, vendor: Vendor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An event does not wait long for a list that does not come."""
    monkeypatch.setattr(base, "_LIST_SECONDS", 0.5)
    sim.fail(vendor, "hang", endpoint="models")
    made = build(vendor)
    began = time.monotonic()
    await made.describe(QUESTION)
    assert time.monotonic() - began < 4


@pytest.mark.parametrize(
    ("vendor", "model", "refused"),
    [
        ("openai", "gpt-4o-mini", "store"),
        ("openai", "gpt-6-luna", "reasoning_effort"),
        ("openai", "gpt-4o-mini", "response_format"),
        ("grok", "grok-4.3", "reasoning_effort"),
        ("grok", "grok-4.3", "store"),
        ("gemini", "gemini-3.8-flash", "thinkingLevel"),
        ("gemini", "gemini-2.5-flash", "thinkingBudget"),
        ("gemini", "gemini-3.5-flash-lite", "responseJsonSchema"),
        ("anthropic", "claude-haiku-4-5", "output_config.format"),
    ],
)
async def test_a_refused_parameter(
    sim: Simulator, build: Build, vendor: Vendor, model: str, refused: str
) -> None:
    """A parameter that the model refuses is dropped, and stays dropped for this model."""
    sim.offer(vendor, model, refuses=[refused], efforts=("none", "low"))
    made = build(vendor, model=model)
    err = await failure(made)
    assert (err.kind, err.status, err.adapted, err.model) == (Kind.BAD_REQUEST, 400, True, model)
    await made.describe(QUESTION)
    await made.describe(QUESTION)
    bodies = [str(record.body) for record in sim.requests(vendor, "describe")]
    name = refused.partition(".")[0].replace("thinkingL", "thinking_l")
    name = name.replace("thinkingB", "thinking_b")
    assert [name in body for body in bodies] == [True, False, False]
    assert "thinking" not in bodies[-1] or vendor == "anthropic"


async def test_another_name_for_the_cap(sim: Simulator, build: Build) -> None:
    """A compatible server that knows only the old name of the output cap gets that one."""
    sim.offer("openai", "old", refuses=["max_completion_tokens"])
    made = build("openai", model="old")
    assert (await failure(made)).adapted
    await made.describe(QUESTION)
    body = sim.requests("openai")[-1].body
    assert body["max_tokens"] == 300
    assert "max_completion_tokens" not in body


async def test_blamed_twice(sim: Simulator, build: Build) -> None:
    """A vendor that blames what is not there any more gets no third try."""
    sim.fail("openai", "unsupported", parameter="store", count=2)
    made = build("openai", model="gpt-4o-mini")
    assert (await failure(made)).adapted
    assert not (await failure(made)).adapted


async def test_claude_thinks_again(sim: Simulator, build: Build) -> None:
    """Thinking that cannot be switched off is not mentioned any more."""
    sim.fail("anthropic", "unsupported", parameter="thinking.disabled")
    made = build("anthropic")
    assert (await failure(made)).adapted
    await made.describe(QUESTION)
    assert "thinking" not in sim.requests("anthropic")[-1].body


async def test_each_model_has_its_own(sim: Simulator, build: Build) -> None:
    """What one model refuses is sent to the next one."""
    sim.offer("openai", "gpt-4o-mini", refuses=["store"])
    made = build("openai")
    assert (await failure(made)).adapted
    await made.describe(QUESTION)
    sim.retire("openai", "gpt-4o-mini")
    assert (await failure(made)).adapted
    await made.describe(QUESTION)
    assert sim.requests("openai")[-1].body["store"] is False


@pytest.mark.parametrize("vendor", VENDORS)
async def test_a_model_without_eyes_is_replaced(
    sim: Simulator, build: Build, vendor: Vendor
) -> None:
    """A model that only reads is as good as missing."""
    sim.set_models(vendor, [Model(id=SEEDS[vendor], vision=False), Model(id=SUCCESSORS[vendor])])
    made = build(vendor)
    err = await failure(made)
    while err.adapted and err.kind is Kind.BAD_REQUEST:  # first a parameter is blamed
        err = await failure(made)
    assert (err.kind, err.adapted) == (Kind.MODEL_MISSING, True)


async def test_concurrent_first_questions(sim: Simulator, build: Build, vendor: Vendor) -> None:
    """Two events at once choose the same model."""
    made: Any = build(vendor)
    replies = await asyncio.gather(*(made.describe(QUESTION) for _ in range(4)))
    assert {reply.model for reply in replies} == {made.model}
