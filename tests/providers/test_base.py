"""Which model is asked for, which parameters are dropped, and what is taken out of a reply."""

import asyncio
from contextlib import suppress
import time

import pytest

from custom_components.eyewitness.chain.failures import Failure, ProviderError
from custom_components.eyewitness.chain.redaction import redact
from custom_components.eyewitness.providers import base
from custom_components.eyewitness.providers.models import choose
from tests.simulator import Model
from tests.simulator.faults import Kind as FaultKind
from tests.simulator.samples import MODELS as SUCCESSOR

from .kit import TASK, SimVendor, error_of, only

SEED = {
    "openai": "gpt-4o-mini",
    "grok": "grok-2-vision-1212",
    "gemini": "gemini-2.0-flash",
    "anthropic": "claude-3-haiku-20240307",
}


def _requests(vendor: SimVendor) -> list[tuple[str | None, str | None]]:
    return [(record.endpoint, record.model) for record in vendor.requests()]


@pytest.mark.parametrize("offered", [True, False])
async def test_auto_takes_the_first_preference(vendor: SimVendor, offered: bool) -> None:
    """AC2: the seed's model where the account lists it, else its successor; chosen once."""
    vendor.offer(SEED[vendor.name])
    if not offered:
        vendor.retire(SEED[vendor.name])
    expected = SEED[vendor.name] if offered else SUCCESSOR[vendor.name]
    provider = vendor.provider()
    assert provider.model == "auto"
    if offered and vendor.name == "anthropic":
        # Claude 3 knows no output format: the next request goes without.
        assert (await error_of(provider.generate(TASK))).adapted
        vendor.sim.clear_requests()
    await provider.generate(TASK)
    await provider.generate(TASK)
    assert provider.model == expected
    assert _requests(vendor)[-2:] == [("describe", expected)] * 2
    assert len(_requests(vendor)) <= 3


async def test_the_users_choice_is_kept(vendor: SimVendor) -> None:
    """A model that the user named is asked for without the list, and never replaced."""
    provider = vendor.provider(model="mine")
    err = await error_of(provider.generate(TASK))
    assert (err.failure, err.adapted, err.model) == (Failure.MODEL_MISSING, False, "mine")
    await provider.check()
    assert provider.model == "mine"
    assert _requests(vendor) == [("describe", "mine"), ("models", None)]


async def test_a_retired_model_is_replaced(vendor: SimVendor) -> None:
    """A model that goes away is replaced once, and the error says so (row 20)."""
    provider = vendor.provider()
    await provider.generate(TASK)
    first = provider.model
    vendor.retire(first)
    vendor.sim.clear_requests()
    err = await error_of(provider.generate(TASK))
    assert (err.failure, err.adapted, err.model) == (Failure.MODEL_MISSING, True, first)
    second = (await provider.generate(TASK)).model
    assert second == provider.model != first
    await provider.generate(TASK)
    assert _requests(vendor) == [("describe", first), ("models", None), *[("describe", second)] * 2]


async def test_the_log_names_what_auto_chose(
    vendor: SimVendor, caplog: pytest.LogCaptureFixture
) -> None:
    """Once for each change, or it would be in the log with every event."""
    caplog.set_level("INFO", base.__name__)

    def named() -> list[str]:
        lines = [line for line in caplog.messages if "auto is" in line]
        return [line.split("auto is ")[1].split(" now")[0] for line in lines]

    first, second = choose.PREFERRED[vendor.name][:2]
    for model in (first, second):
        vendor.offer(model)
    provider = vendor.provider()
    for _ in range(3):
        await provider.check()
    assert named() == [first]
    vendor.retire(first)
    for _ in range(2):
        await provider.check()
    assert named() == [first, second]
    await vendor.provider(model="mine").check()
    assert len(named()) == 2, "the user's own choice is no news"


async def test_a_model_that_is_listed_but_missing(vendor: SimVendor) -> None:
    """It is not chosen again; when none is left, the error promises no better next try."""
    vendor.fail("model_missing", repeat=True)
    provider = vendor.provider()
    tries = len(choose.PREFERRED[vendor.name]) + 1
    errors = [await error_of(provider.generate(TASK)) for _ in range(tries)]
    assert all(err.failure is Failure.MODEL_MISSING for err in errors)
    assert errors[0].model in await provider.list_models()
    assert errors[0].model != errors[1].model
    assert (errors[0].adapted, errors[-1].adapted) == (True, False)


async def test_a_model_without_vision_is_replaced(vendor: SimVendor) -> None:
    """A model that only reads is as good as missing."""
    vendor.set_models([Model(id=SEED[vendor.name], vision=False), Model(id=SUCCESSOR[vendor.name])])
    provider = vendor.provider()
    err = await error_of(provider.generate(TASK))
    while err.adapted and err.failure is Failure.BAD_REQUEST:  # first a parameter is rejected
        err = await error_of(provider.generate(TASK))
    assert (err.failure, err.adapted) == (Failure.MODEL_MISSING, True)


async def test_listed_names_are_bare(vendor: SimVendor) -> None:
    """They can be named in a request as they stand; Google lists them below ``models/``."""
    vendor.set_models([Model(id="one"), Model(id="two")])
    assert list(await vendor.provider().list_models()) == ["one", "two"]


@pytest.mark.parametrize("fault", ["forbidden", "auth", "server_error", "html", "reset"])
async def test_a_key_that_may_not_list(vendor: SimVendor, fault: FaultKind) -> None:
    """A restricted key describes all the same, and asks for the list once."""
    vendor.fail(fault, endpoint="models", repeat=True)
    provider = vendor.provider()
    reply = await provider.generate(TASK)
    assert reply.model == provider.model == SUCCESSOR[vendor.name]
    await provider.generate(TASK)
    assert [endpoint for endpoint, _ in _requests(vendor)] == ["models", *["describe"] * 2]
    await error_of(provider.check())


async def test_a_list_that_hangs(vendor: SimVendor, monkeypatch: pytest.MonkeyPatch) -> None:
    """An event does not wait long for a list that does not come."""
    monkeypatch.setattr(base, "_LIST_SECONDS", 0.5)
    vendor.fail("hang", endpoint="models")
    started = time.monotonic()
    await vendor.provider().generate(TASK)
    assert time.monotonic() - started < 4


@pytest.mark.parametrize(
    ("vendor", "model", "parameter", "word"),
    [
        ("openai", "gpt-4o-mini", "store", "store"),
        ("openai", "gpt-6-luna", "reasoning_effort", "reasoning_effort"),
        ("openai", "gpt-4o-mini", "response_format", "response_format"),
        ("openai", "old", "max_completion_tokens", "max_completion_tokens"),
        ("grok", "grok-4.3", "reasoning_effort", "reasoning_effort"),
        ("grok", "grok-4.3", "store", "store"),
        ("gemini", "gemini-3.8-flash", "thinkingLevel", "thinking"),
        ("gemini", "gemini-2.5-flash", "thinkingBudget", "thinking"),
        ("gemini", "gemini-3.5-flash-lite", "responseJsonSchema", "responseJsonSchema"),
        ("anthropic", "claude-haiku-4-5", "output_config.format", "output_config"),
    ],
    indirect=["vendor"],
)
async def test_rejected_parameter(vendor: SimVendor, model: str, parameter: str, word: str) -> None:
    """A parameter that the model rejects is dropped, and stays dropped for this model."""
    vendor.offer(model, refuses=[parameter], efforts=("none", "low"))
    provider = vendor.provider(model=model)
    err = await error_of(provider.generate(TASK))
    assert (err.failure, err.status, err.adapted) == (Failure.BAD_REQUEST, 400, True)
    assert err.model == model
    await provider.generate(TASK)
    await provider.generate(TASK)
    bodies = [record.body for record in vendor.requests("describe")]
    assert [word in str(body) for body in bodies] == [True, False, False]
    if model == "old":  # a server that knows only the old name of the limit gets that one
        assert bodies[-1]["max_tokens"] == 300


@pytest.mark.parametrize(
    ("vendor", "parameter", "word"),
    [("openai", "store", "store"), ("anthropic", "thinking.disabled", "thinking")],
    indirect=["vendor"],
)
async def test_a_parameter_is_dropped_once(vendor: SimVendor, parameter: str, word: str) -> None:
    """A vendor that rejects what is not there any more gets no third try."""
    vendor.fail("unsupported", parameter=parameter, count=2)
    provider = vendor.provider(model=SUCCESSOR[vendor.name])
    errors = [await error_of(provider.generate(TASK)) for _ in range(2)]
    assert [err.adapted for err in errors] == [True, False]
    assert [word in record.body for record in vendor.requests()] == [True, False]


@only("openai")
async def test_each_model_has_its_own_parameters(vendor: SimVendor) -> None:
    """What one model rejects is sent to the next one."""
    vendor.offer("gpt-4o-mini", refuses=["store"])
    provider = vendor.provider()
    assert (await error_of(provider.generate(TASK))).adapted
    await provider.generate(TASK)
    vendor.retire("gpt-4o-mini")
    assert (await error_of(provider.generate(TASK))).adapted
    await provider.generate(TASK)
    assert vendor.requests()[-1].body["store"] is False


async def test_concurrent_first_requests(vendor: SimVendor) -> None:
    """Two events at once choose the same model."""
    provider = vendor.provider()
    replies = await asyncio.gather(*(provider.generate(TASK) for _ in range(4)))
    assert {reply.model for reply in replies} == {provider.model}


async def test_row_91_a_reply_that_knows_our_key(vendor: SimVendor) -> None:
    """Whoever sits in the vendor's place could have it repeated: it does not come through."""
    key = vendor.sim.keys[vendor.name]
    vendor.fail("answer", text=f'{{"description": "The key is {key}."}}', repeat=True)
    provider = vendor.provider()
    reply = await provider.generate(TASK)
    assert TASK.read(reply).description == "The key is [key removed]."
    await provider.close()
    assert redact(key) == key, "a closed provider's key is forgotten"


@pytest.mark.parametrize("name", ["{key}", "{key}-mini", "\u200b{key}", "sim.{key}@x.y"])
async def test_a_model_that_is_called_like_our_key(vendor: SimVendor, name: str) -> None:
    """Neither in a list nor in a reply is it the name of a model."""
    key = vendor.sim.keys[vendor.name]
    name = name.format(key=key)
    vendor.set_models([Model(id=name)])
    provider = vendor.provider()
    assert name not in await provider.list_models()
    with suppress(ProviderError):
        await provider.generate(TASK)
    assert key not in provider.model
    vendor.set_models([Model(id=SUCCESSOR[vendor.name])])
    typed = vendor.provider(model=key)  # into the wrong field
    err = await error_of(typed.generate(TASK))
    assert (err.model, typed.model) == ("[key removed]", "[key removed]")
