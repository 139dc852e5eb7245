"""What the product promises, whatever a vendor's list, its refusals and its failures are (F).

The real providers, the real chain and the simulator, which answers for the models that it lists
and for no others.
"""

import asyncio
from itertools import combinations
from typing import Any

from hypothesis import HealthCheck, example, given, settings, strategies as st
import pytest

from custom_components.eyewitness.chain.attempt import Attempt, Verdict
from custom_components.eyewitness.chain.clock import Clock
from custom_components.eyewitness.chain.failures import Failure
from custom_components.eyewitness.chain.walk import Chain
from custom_components.eyewitness.providers.base import VendorProvider
from custom_components.eyewitness.providers.dropped import MORE_TOKENS
from tests.kit import until
from tests.pipeline.corpus.generated import by_hand
from tests.simulator import Model

from .kit import KINDS, TASK, SimVendor, error_of, only

EFFORTS = ("none", "minimal", "low", "medium", "high")
SEEING: dict[str, tuple[str, ...]] = {
    "openai": (
        *("gpt-6-luna", "gpt-5.4-nano-2026-03-17", "gpt-4.1-mini", "gpt-4o-mini", "gpt-4o"),
        *("gpt-7-x", "gpt-7-nano-latest", "gpt-10", "gpt-5.3-chat-latest", "o4-mini", "mystery"),
    ),
    "grok": ("grok-2-vision-1212", "grok-4.3", "grok-4.20", "grok-5-fast", "grok-9", "mystery"),
    "gemini": (
        *("gemini-3.5-flash-lite", "gemini-2.5-flash", "gemini-2.5-pro", "gemini-4-flash"),
        *("gemini-flash-latest", "gemini-pro-latest", "gemini-3.8-flash-20261101", "mystery"),
    ),
    "anthropic": (
        *("claude-haiku-5-5", "claude-haiku-4-5-20251001", "claude-sonnet-5", "claude-opus-5"),
        *("claude-fable-5", "claude-3-haiku-20240307", "claude-9", "mystery"),
    ),
}
BLIND = {
    "openai": ("gpt-3.5-turbo", "gpt-oss-120b", "o3-mini", "text-embedding-3-small", "whisper-1"),
    "grok": ("grok-3", "grok-code-fast-1", "grok-imagine-9", "strange"),
    "gemini": ("gemma-3-1b-it", "gemini-embedding-001", "imagen-4.0-generate-001", "aqa"),
    "anthropic": ("claude-2.1", "claude-instant-1.2", "strange"),
}
JUNK = ("a\u200bb", "https://evil.example", "x" * 400, "")
"""What is no id of a model."""


async def describe(provider: VendorProvider, chain: Chain | None = None) -> Verdict[Any]:
    """Let one event ask one provider, as the only one that there is."""
    sent: list[Attempt] = []
    return await (chain or Chain()).run(TASK, [provider], seconds=60, on_attempt=sent.append)


@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
async def test_any_list_of_models(vendor: SimVendor, data: st.DataObject) -> None:
    """(i) An event is described in at most two requests if one model of the list sees."""
    pools = SEEING[vendor.name], BLIND[vendor.name], JUNK
    listed = [data.draw(st.sets(st.sampled_from(pool))) for pool in pools]
    models = [
        Model(
            id=name,
            vision=name in SEEING[vendor.name],
            efforts=EFFORTS,
            default_effort="low",
            created=data.draw(st.sampled_from(["1970-01-01", "2024-02-03", "2026-07-08"])),
            ends=data.draw(st.sampled_from([None, "2001-01-01", "2999-01-01"])),
        )
        for name in data.draw(st.permutations(sorted(set().union(*listed))))
    ]
    vendor.set_models(models)
    vendor.sim.clear_requests()
    provider = vendor.provider()
    verdict = await describe(provider)
    asked = [record.model for record in vendor.requests("describe")]
    await provider.close()
    if listed[0]:
        assert len(asked) <= 2
        assert verdict.answer is not None, asked
    if usable := listed[0] | listed[1]:
        assert set(asked) <= usable, "nobody guesses beside a list"


OPTIONAL = {
    "openai": ("store", "reasoning_effort", "response_format", "max_completion_tokens"),
    "grok": ("store", "reasoning_effort", "response_format", "max_completion_tokens"),
    "gemini": ("thinkingLevel", "responseJsonSchema"),
    "anthropic": ("thinking.disabled", "output_config.format"),
    "openai_compatible": ("max_tokens", "response_format"),
}
THINKING_MODEL = {
    "openai": "gpt-7-x",
    "grok": "grok-4.3",
    "gemini": "gemini-4-flash",
    "anthropic": "claude-fable-5",
    "openai_compatible": "qwen3-vl:8b",
}
REFUSED = [
    pytest.param(kind, refused, id=f"{kind}-{'+'.join(refused)}")
    for kind, names in OPTIONAL.items()
    for refused in (*combinations(names, 1), *combinations(names, 2))
]


@pytest.mark.parametrize(("vendor", "refused"), REFUSED, indirect=["vendor"])
async def test_any_refused_parameter(vendor: SimVendor, refused: tuple[str, ...]) -> None:
    """(ii) At most two requests for an event, and one once all is known, also after a restart.

    One event teaches one parameter. One that keeps a model from thinking leaves behind a model that
    thinks: it gets room.
    """
    model = THINKING_MODEL[vendor.kind]
    vendor.offer(model, refuses=refused, efforts=EFFORTS, default_effort="medium")
    before = vendor.provider(model=model)
    chain = Chain()
    requests = []
    for _ in range(3):
        vendor.sim.clear_requests()
        assert (await describe(before, chain)).answer is not None
        requests.append(len(vendor.requests()))
    assert requests == [2, len(refused), 1]
    after = vendor.provider(model=model)
    after.drop_parameters(before.dropped_parameters)
    vendor.sim.clear_requests()
    assert (await describe(after)).answer is not None
    assert len(vendor.requests()) == 1


async def test_i2_everything_changed_overnight(vendor: SimVendor) -> None:
    """One request more at most: the daily look has found the new list (``runtime/model_radar``)."""
    provider = vendor.provider()
    assert (await describe(provider)).answer is not None
    model, refused = f"{THINKING_MODEL[vendor.kind]}-new", frozenset(OPTIONAL[vendor.kind])
    vendor.set_models([Model(id=model, refuses=refused, efforts=EFFORTS, default_effort="medium")])
    await provider.check()
    vendor.sim.clear_requests()
    verdict = await describe(provider)
    assert verdict.answer is not None
    assert {each.model for each in verdict.attempts} == {model}
    assert len(vendor.requests()) <= 2


@only("openai")
async def test_what_is_left_out_at_once_and_what_is_not(vendor: SimVendor) -> None:
    """(ii) The second try goes without all, the limit too, whose name may be what has changed.

    What was not blamed comes back after that.
    """
    vendor.offer("gpt-7-x", refuses=["reasoning_effort"], efforts=EFFORTS, default_effort="low")
    provider = vendor.provider(model="gpt-7-x")
    await describe(provider)
    await describe(provider)
    optional = {"reasoning_effort", "store", "response_format", "max_completion_tokens"}
    sent = [optional & record.body.keys() for record in vendor.requests("describe")]
    assert sent == [optional, set(), optional - {"reasoning_effort"}]


async def test_an_answer_does_not_spoil_the_second_try_of_another_event(vendor: SimVendor) -> None:
    """(ii) Two events at once: each goes without all once, whoever is answered first."""
    model, refused = THINKING_MODEL[vendor.kind], OPTIONAL[vendor.kind][:2]
    vendor.offer(model, refuses=refused, efforts=EFFORTS, default_effort="medium")
    provider = vendor.provider(model=model)
    vendor.fail("latency", latency=0.3)
    slow = asyncio.create_task(provider.generate(TASK))
    await until(lambda: len(vendor.requests()) == 1)
    assert (await error_of(provider.generate(TASK))).adapted
    vendor.fail("latency", latency=0.6)
    second_try = asyncio.create_task(provider.generate(TASK))
    assert (await error_of(slow)).adapted
    await second_try
    assert (await provider.generate(TASK)).text


@pytest.mark.parametrize("events", [1, 2])
async def test_the_only_model_is_another_one_now(vendor: SimVendor, events: int) -> None:
    """(i) Also when the list that is known holds nothing else: it is asked for anew at once."""
    pool = SEEING[vendor.name][:3]
    provider, chain = vendor.provider(), Chain()
    for model in (*pool, pool[0]):
        vendor.set_models([Model(id=model, efforts=EFFORTS)])
        verdicts = await asyncio.gather(*(describe(provider, chain) for _ in range(events)))
        for verdict in verdicts:
            assert verdict.answer is not None
            assert len(verdict.attempts) <= 2


@pytest.mark.parametrize("text", ["", "  \n", "<think>\nThe user wants"])
async def test_a_limit_that_was_thought_away(vendor: SimVendor, text: str) -> None:
    """(10) It is paid for once; from then on the model gets more tokens, also after a restart."""
    model = {"grok": "grok-2-vision-1212"}.get(vendor.name, "gpt-4o-mini")
    vendor.offer(model)
    provider = vendor.provider(model=model)
    vendor.fail("length", text=text)
    verdict = await describe(provider)
    assert verdict.answer is not None
    assert [attempt.outcome for attempt in verdict.attempts] == ["malformed", "ok"]
    assert verdict.attempts[0].usage is not None, "a bill is a bill"
    more = {model: {MORE_TOKENS}}
    assert provider.dropped_parameters == more
    after = vendor.provider(model=model)
    after.drop_parameters(more)
    for each in (provider, after):
        vendor.sim.clear_requests()
        await each.generate(TASK)
        (record,) = vendor.requests()
        assert str(TASK.max_tokens + 3000) in str(record.body)
    vendor.fail("length", text="")
    assert (await provider.generate(TASK)).truncated, "there is no third way to ask"


async def test_a_cut_answer_is_an_answer(vendor: SimVendor) -> None:
    """Whatever was thought before it."""
    provider = vendor.provider()
    vendor.fail("length", text='<think>a</think> {"description": "A man"}')
    assert (await provider.generate(TASK)).truncated
    assert provider.dropped_parameters == {}


@only("anthropic")
async def test_a_model_whose_list_says_what_it_takes(vendor: SimVendor) -> None:
    """It is sent nothing else in the first place: no request is lost."""
    vendor.set_models(
        [Model(id="claude-9", thinks=False, refuses=frozenset({"output_config.format"}))]
    )
    assert (await describe(vendor.provider())).answer is not None
    (record,) = vendor.requests("describe")
    assert not {"thinking", "output_config"} & record.body.keys()


@only("grok")
async def test_a_proxy_without_xais_own_list(vendor: SimVendor) -> None:
    """OpenAI's list will do, and is asked for first from then on; any other failure is one."""
    vendor.fail("status", status=405, endpoint="models")
    provider = vendor.provider()
    assert (await describe(provider)).answer is not None
    await provider.check()
    paths = [record.path.rpartition("/")[2] for record in vendor.requests("models")]
    assert paths == ["language-models", "models", "models"]
    vendor.fail("status", status=500, endpoint="models")
    assert (await error_of(vendor.provider().list_models())).status == 500


class SkippedTime:
    """Time that passes at once where the chain, or a test, would wait for it."""

    def __init__(self) -> None:
        """Begin with the loop's time."""
        self._skipped = 0.0
        self.clock = Clock(now=self._now, sleep=self.skip)

    def _now(self) -> float:
        return asyncio.get_running_loop().time() + self._skipped

    async def skip(self, seconds: float) -> None:
        """Let so many seconds pass."""
        self._skipped += seconds
        await asyncio.sleep(0)


FAULTS = (
    *("rate_limit", "quota", "daily_quota", "overloaded", "auth", "forbidden", "model_missing"),
    *("too_large", "image_too_large", "context_length", "unsupported", "status", "server_error"),
    *("html", "non_json", "redirect", "empty", "null", "no_choices", "length", "refusal"),
    *("reset", "reset_mid_body", "truncated"),
)
"""Those of the simulator's that take no time."""
LISTED = {
    "openai": "gpt-4o-mini",
    "grok": "grok-4.3",
    "gemini": "gemini-3.5-flash-lite",
    "anthropic": "claude-haiku-4-5",
}


@pytest.mark.parametrize("vendor", KINDS, indirect=True)
@settings(max_examples=10, deadline=None, suppress_health_check=list(HealthCheck))
@example(faults=["forbidden"], gaps=[1.0, 1.0], auto=True)
@given(
    faults=st.lists(st.sampled_from(FAULTS), min_size=1, max_size=3),
    gaps=st.lists(st.sampled_from([1.0, 31.0, 100.0, 700.0]), min_size=1, max_size=5),
    auto=st.booleans(),
)
async def test_whatever_it_did_it_comes_back(
    vendor: SimVendor, faults: list[Any], gaps: list[float], auto: bool
) -> None:
    """(iii) Ten minutes after it is well it is asked and answers; (v) every request is booked."""
    vendor.sim.reset()
    time = SkippedTime()
    chain = Chain(time.clock)
    provider = vendor.provider() if auto else vendor.provider(model=LISTED[vendor.name])
    verdicts = []
    for number, gap in enumerate(gaps):
        fault = faults[number % len(faults)]
        vendor.fail(fault, status=500, location="https://evil.example", repeat=True)
        verdicts.append(await describe(provider, chain))
        vendor.sim.clear_faults(vendor.name)
        await time.skip(gap)
    await time.skip(600)
    verdicts.append(await describe(provider, chain))
    await provider.close()
    assert verdicts[-1].answer is not None
    sent = sum(attempt.sent for verdict in verdicts for attempt in verdict.attempts)
    assert sent == len(vendor.requests("describe"))


LIES = sorted(
    {case.text for case in by_hand() if isinstance(case.want, Failure) and not case.structured}
)
"""What is no answer, whether the schema was sent or not."""


@pytest.mark.parametrize("vendor", KINDS, indirect=True)
@settings(max_examples=10, deadline=None, suppress_health_check=list(HealthCheck))
@given(text=st.sampled_from(LIES))
async def test_what_is_no_answer_is_told_to_nobody(vendor: SimVendor, text: str) -> None:
    """(iv) Whoever says it, and however often it is asked again."""
    vendor.sim.reset()
    vendor.fail("answer", text=text, repeat=True)
    provider = vendor.provider()
    verdict = await describe(provider, Chain(SkippedTime().clock))
    await provider.close()
    assert verdict.answer is None
    assert {"malformed", "refused"} & {attempt.outcome for attempt in verdict.attempts}
