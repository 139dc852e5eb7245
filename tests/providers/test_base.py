"""Which model is asked for, which parameters are dropped, and what is taken out of a reply."""

import asyncio
from contextlib import suppress
import threading
import time
from typing import Any

import pytest

from custom_components.eyewitness.chain.failures import Failure, ProviderError
from custom_components.eyewitness.chain.redaction import redact
from custom_components.eyewitness.providers import base
from custom_components.eyewitness.providers.models import choose
from tests.kit import until
from tests.simulator import Model
from tests.simulator.faults import Kind as FaultKind
from tests.simulator.samples import MODELS as SUCCESSOR

from .kit import TASK, SimVendor, error_of, only

SEED = "grok-2-vision-1212"


def _requests(vendor: SimVendor) -> list[tuple[str | None, str | None]]:
    return [(record.endpoint, record.model) for record in vendor.requests()]


@pytest.mark.parametrize("offered", [True, False])
async def test_auto_takes_the_first_preference(vendor: SimVendor, offered: bool) -> None:
    """AC2: grok-2-vision-1212 where it is listed; else a cheap one of today; chosen once."""
    is_seed = offered and vendor.name == "grok"
    if is_seed:
        vendor.offer(SEED)
    expected = SEED if is_seed else SUCCESSOR[vendor.name]
    provider = vendor.provider()
    assert provider.model == "auto"
    await provider.generate(TASK)
    await provider.generate(TASK)
    assert provider.model == expected
    assert _requests(vendor) == [("models", None), *[("describe", expected)] * 2]


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
    """It is not chosen again; when none is left, the next time begins anew, and never guesses."""
    vendor.fail("model_missing", repeat=True)
    provider = vendor.provider()
    errors = [await error_of(provider.generate(TASK))]
    while errors[-1].adapted:
        errors.append(await error_of(provider.generate(TASK)))
    assert all(err.failure is Failure.MODEL_MISSING for err in errors)
    asked = [err.model for err in errors]
    assert 2 <= len(asked) == len(set(asked))
    assert set(asked) <= {card.id for card in await provider.list_models()}
    assert (await error_of(provider.generate(TASK))).model == asked[0]


async def test_a_model_without_vision_is_replaced(vendor: SimVendor) -> None:
    """A model that only reads is as good as missing; two of the vendors say so in their list."""
    blind, seeing = choose.PREFERRED[vendor.name][:2]
    efforts = ("none", "low")
    vendor.set_models([Model(id=blind, vision=False, efforts=efforts), Model(id=seeing)])
    provider = vendor.provider()
    if vendor.name in {"openai", "gemini"}:
        err = await error_of(provider.generate(TASK))
        assert (err.failure, err.adapted, err.model) == (Failure.MODEL_MISSING, True, blind)
    await provider.check()
    assert provider.model == seeing


async def test_listed_names_are_bare(vendor: SimVendor) -> None:
    """They can be named in a request as they stand; Google lists them below ``models/``."""
    vendor.set_models([Model(id="one"), Model(id="two")])
    assert [card.id for card in await vendor.provider().list_models()] == ["one", "two"]


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


async def test_a_list_that_hangs(vendor: SimVendor) -> None:
    """An event waits a second for a list that does not come, and not once more."""
    vendor.fail("hang", endpoint="models")
    provider = vendor.provider()
    for limit in (2.0, 1.0):
        started = time.monotonic()
        await provider.generate(TASK)
        assert time.monotonic() - started < limit
    assert [endpoint for endpoint, _ in _requests(vendor)] == ["models", *["describe"] * 2]


async def test_a_list_that_is_slow(vendor: SimVendor) -> None:
    """It is taken when it comes, though the event could not wait for it."""
    guess, listed = SUCCESSOR[vendor.name], choose.PREFERRED[vendor.name][-1]
    vendor.set_models([Model(id=guess, listed=False, efforts=("none", "low")), Model(id=listed)])
    vendor.fail("latency", latency=1.5, endpoint="models")
    provider = vendor.provider()
    assert (await provider.generate(TASK)).model == guess
    await until(lambda: provider.chosen.listed is not None)
    assert provider.model == listed
    assert [endpoint for endpoint, _ in _requests(vendor)] == ["models", "describe"]


async def test_models_are_compared_beside_the_loop(
    vendor: SimVendor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A router lists hundreds, and each is looked up in the price table."""
    threads, ranked = [], choose.ranked
    provider = vendor.provider()

    def note(*arguments: Any) -> list[str]:
        threads.append(threading.current_thread())
        return ranked(*arguments)

    monkeypatch.setattr(choose, "ranked", note)
    await provider.generate(TASK)
    assert len(threads) == 1
    assert threads[0] is not threading.main_thread()


async def test_a_model_is_chosen_before_there_is_an_event(vendor: SimVendor) -> None:
    """Then no event waits for a list; a model that a person chose needs none."""
    for provider in (vendor.provider(), vendor.provider(model="mine")):
        await provider.prepare()
        await provider.prepare()
    assert [endpoint for endpoint, _ in _requests(vendor)] == ["models"]


async def test_an_event_that_comes_while_the_list_is_fetched(vendor: SimVendor) -> None:
    """It waits for that one and asks for no other."""
    vendor.fail("latency", latency=0.3, endpoint="models")
    provider = vendor.provider()
    await asyncio.gather(provider.prepare(), provider.generate(TASK))
    assert [endpoint for endpoint, _ in _requests(vendor)] == ["models", "describe"]


async def test_closing_ends_the_request_for_the_list(vendor: SimVendor) -> None:
    """Nothing is left of it."""
    vendor.fail("hang", endpoint="models")
    provider = vendor.provider()
    preparing = asyncio.create_task(provider.prepare())
    await until(lambda: bool(vendor.requests()))
    await provider.close()
    await preparing


@pytest.mark.parametrize(
    ("vendor", "model", "parameter", "word"),
    [
        ("openai", "gpt-4o-mini", "store", "store"),
        ("openai", "gpt-6-luna", "reasoning_effort", "reasoning_effort"),
        ("openai", "gpt-4o-mini", "response_format", "response_format"),
        ("openai", "gpt-4", "max_completion_tokens", "max_completion_tokens"),
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
    if model == "gpt-4":  # a server that knows only the old name of the limit gets that one
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
    """What one model rejects is sent to the next one, once that has answered without."""
    vendor.offer("gpt-6-luna", refuses=["store"])
    provider = vendor.provider()
    assert (await error_of(provider.generate(TASK))).adapted
    await provider.generate(TASK)
    vendor.retire("gpt-6-luna")
    assert (await error_of(provider.generate(TASK))).adapted
    for _ in range(2):
        await provider.generate(TASK)
    assert ["store" in record.body for record in vendor.requests("describe")[-2:]] == [False, True]


async def test_a_budget_takes_no_model_for_the_dearest_before_one_is_chosen(
    vendor: SimVendor,
) -> None:
    """Nobody knows what ``auto`` costs without a list of models, but at home all are free."""
    provider = vendor.provider()
    assert provider.expected_usd == (0 if vendor.kind == "openai_compatible" else None)
    await provider.prepare()
    assert provider.expected_usd is not None


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
    assert name not in {card.id for card in await provider.list_models()}
    with suppress(ProviderError):
        await provider.generate(TASK)
    assert key not in provider.model
    vendor.set_models([Model(id=SUCCESSOR[vendor.name])])
    typed = vendor.provider(model=key)  # into the wrong field
    err = await error_of(typed.generate(TASK))
    assert (err.model, typed.model) == ("[key removed]", "[key removed]")
