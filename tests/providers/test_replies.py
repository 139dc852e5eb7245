"""What is read from a reply: text, model, usage; and replies that are none."""

import json
from typing import Any
from unittest.mock import AsyncMock

import pytest

from custom_components.eyewitness.chain.failures import Failure, ProviderError
from custom_components.eyewitness.chain.task import Reply, Usage
from custom_components.eyewitness.chain.walk import Chain
from custom_components.eyewitness.pipeline.answer import read
from custom_components.eyewitness.providers.models import choose
from tests.chain.fakes import GOOD
from tests.kit import Kind
from tests.simulator import Simulator
from tests.simulator.faults import Kind as FaultKind

from .kit import KINDS, TASK, SimVendor, only


def _send(vendor: SimVendor, text: str, **more: Any) -> None:
    """Let a vendor send a bare reply with this text; more fields go beside it."""
    bodies: dict[str, dict[str, Any]] = {
        "gemini": {"candidates": [{"content": {"parts": [{"text": text}]}}]},
        "anthropic": {"content": [{"type": "text", "text": text}]},
    }
    body = bodies.get(vendor.name, {"choices": [{"message": {"content": text}}]})
    vendor.fail("status", status=200, body=body | more)


async def test_a_true_answer(vendor: SimVendor) -> None:
    """Text, model and usage come from the reply, and the usage has a price."""
    provider = vendor.provider()
    reply = await provider.generate(TASK)
    assert "1280x720" in read(reply).description
    assert reply.model == vendor.requests("describe")[0].model
    assert reply.usage is not None
    assert 1000 < reply.usage.input_tokens < 40000
    assert 20 < reply.usage.output_tokens < 200
    assert not reply.truncated
    cost = provider.cost(reply.model, reply.usage)
    assert cost is not None
    assert 0 < cost.usd < 0.05


async def test_the_model_that_answered(vendor: SimVendor) -> None:
    """A vendor may answer for a retired model with another one, and bills that one."""
    vendor.sim.redirect(vendor.name, "an-old-one", "the-new-one")
    reply = await vendor.provider(model="an-old-one").generate(TASK)
    assert reply.model == "the-new-one"


async def test_cut_off(vendor: SimVendor) -> None:
    """A text that ended at the output limit is kept and marked (row 29)."""
    vendor.fail("length", text='{"description": "A person at the')
    reply = await vendor.provider().generate(TASK)
    assert reply.truncated
    assert read(reply).description == "A person at the"


@only("gemini", "anthropic")
async def test_thinking_is_left_out(vendor: SimVendor) -> None:
    """Thoughts are no part of the description."""
    vendor.fail("thinking")
    reply = await vendor.provider().generate(TASK)
    assert "Let me look" not in reply.text
    assert "1280x720" in read(reply).description


@pytest.mark.parametrize("fault", ["empty", "null", "no_choices"])
async def test_no_text(vendor: SimVendor, fault: FaultKind) -> None:
    """An empty reply has no text but a bill; the task's reader calls it malformed (row 28)."""
    if vendor.name == "anthropic" and fault == "no_choices":
        pytest.skip("Anthropic's reply has no list of choices")
    vendor.fail(fault)
    reply = await vendor.provider().generate(TASK)
    assert reply.text == ""
    assert reply.usage is not None
    with pytest.raises(ProviderError) as caught:
        read(reply)
    assert caught.value.failure is Failure.MALFORMED
    assert caught.value.usage == reply.usage


REFUSALS = [
    # finish_reason and the field refusal: openai/types/chat/chat_completion*.py.
    *(("openai", variant, 200) for variant in ("", "content_filter")),
    *(("grok", variant, 200) for variant in ("", "content_filter")),
    # The code content_policy_violation: OpenAI's guide to error codes.
    ("openai", "policy", 400),
    # "Content violates usage guidelines": UKGovernmentBEIS/inspect_ai PR 2267.
    ("grok", "policy", 403),
    # BlockedReason and FinishReason: google/genai/types.py.
    *(("gemini", variant, 200) for variant in ("prompt", "SAFETY", "RECITATION", "BLOCKLIST")),
    *(("gemini", variant, 200) for variant in ("PROHIBITED_CONTENT", "SPII", "IMAGE_SAFETY")),
    # stop_reason: anthropic/types/stop_reason.py.
    *(("anthropic", variant, 200) for variant in ("", "violent_extremism")),
]


@pytest.mark.parametrize(("vendor", "variant", "status"), REFUSALS, indirect=["vendor"])
async def test_refusals(vendor: SimVendor, variant: str, status: int) -> None:
    """A vendor that will not look at a picture says so in many ways (row 24)."""
    vendor.fail("refusal", variant=variant)
    err = await vendor.error()
    assert (err.failure, err.status) == (Failure.REFUSED, status)
    assert err.model == vendor.requests("describe")[0].model
    # What was refused in a reply is on the bill, what was refused with an error is not (row 46).
    assert (err.usage is not None) == (status == 200)


@pytest.mark.parametrize(
    "fault",
    [
        {"kind": "html"},  # a captive portal (row 26)
        {"kind": "non_json"},
        {"kind": "status", "status": 204},
        *({"kind": "status", "status": 200, "body": body} for body in ("[1, 2]", "null", '"text"')),
        {"kind": "status", "status": 200, "body": '{"choices": [}'},
        {"kind": "status", "status": 200, "body": "[" * 200_000},  # deeper than a parser goes
    ],
    ids=range(8),
)
async def test_no_reply(vendor: SimVendor, fault: dict[str, Any]) -> None:
    """A 200 that is no JSON object is malformed."""
    vendor.fail(**fault)
    err = await vendor.error()
    assert (err.failure, err.oversize) == (Failure.MALFORMED, False)


@pytest.mark.parametrize(
    ("usage", "expected"),
    [
        (None, None),
        ("many", None),
        ([], None),
        ({}, None),
        ({"prompt_tokens": 10, "completion_tokens": 5}, Usage(10, 5)),
        # OpenAI counts reasoning among the completion tokens.
        ({"prompt_tokens": 10, "completion_tokens": 5, "total_tokens": 15}, Usage(10, 5)),
        # At xAI only the total holds those of the reasoning, which are billed as output: its page
        # on consumption, quoted in vercel/ai PR 12425; figures from Wei-Shaw/sub2api issue 5771.
        (
            {"prompt_tokens": 10120, "completion_tokens": 1499, "total_tokens": 14428},
            Usage(10120, 4308),
        ),
        ({"prompt_tokens": 10, "completion_tokens": 5, "total_tokens": 3}, Usage(10, 5)),
        ({"prompt_tokens": 10, "total_tokens": 15}, Usage(10, 5)),
        ({"prompt_tokens": 10, "completion_tokens": 0}, Usage(10, 0)),
        # Some servers count in floats or texts.
        ({"prompt_tokens": 10.0, "completion_tokens": "5"}, Usage(10, 5)),
        # What is left is not known, and must not look as if it had cost nothing.
        ({"total_tokens": 900}, None),
        ({"completion_tokens": 5, "total_tokens": 900}, None),
        ({"prompt_tokens": 10}, None),
        ({"prompt_tokens": 0, "completion_tokens": 0, "total_tokens": 0}, None),
        ({"prompt_tokens": 10**9, "completion_tokens": 10**9 - 1}, None),
        ({"prompt_tokens": -1, "completion_tokens": True}, None),
        ({"prompt_tokens": "7", "completion_tokens": 1.5}, None),
        ({"prompt_tokens": "many", "completion_tokens": "1e999"}, None),
    ],
)
@only("openai", "grok")
async def test_usage(vendor: SimVendor, usage: object, expected: Usage | None) -> None:
    """Token counts are whole numbers, however they are written, or nothing is known."""
    _send(vendor, "A cat.", usage=usage)
    reply = await vendor.provider(model="mine").generate(TASK)
    assert (reply.text, reply.usage) == ("A cat.", expected)


async def test_a_bare_reply(vendor: SimVendor) -> None:
    """Without usage nobody knows what it will cost; without a model it is the one asked for."""
    _send(vendor, '{"description": "A cat."}')
    reply = await vendor.provider(model="mine").generate(TASK)
    assert (reply.text, reply.model, reply.usage) == ('{"description": "A cat."}', "mine", None)


@pytest.mark.parametrize(
    "name", ["", " ", "two words", "<script>", "\ud800", "x" * 101, "line\nbreak", 5, None, ["x"]]
)
async def test_a_model_without_a_name(vendor: SimVendor, name: object) -> None:
    """What is no name of a model goes neither into the event nor into the ledger."""
    _send(vendor, "A cat.", **{"modelVersion" if vendor.name == "gemini" else "model": name})
    provider = vendor.provider(model="mine")
    assert (await provider.generate(TASK)).model == "mine"


@pytest.mark.parametrize(
    ("usage", "thoughts"),
    [
        ({"promptTokenCount": 10, "candidatesTokenCount": 5, "thoughtsTokenCount": 2}, 2),
        ({"promptTokenCount": "10", "candidatesTokenCount": 7.0}, 0),
        ({"promptTokenCount": 10, "totalTokenCount": 17}, 0),
    ],
)
@only("gemini")
async def test_usage_of_gemini(vendor: SimVendor, usage: object, thoughts: int) -> None:
    """Thoughts are billed as output; Google leaves out what is 0."""
    _send(vendor, "A cat.", usageMetadata=usage)
    reply = await vendor.provider(model="mine").generate(TASK)
    assert reply.usage == Usage(10, 7, reasoning_tokens=thoughts)


@pytest.mark.parametrize(
    ("kind", "usage"),
    [
        (
            "openai",
            {
                "prompt_tokens": 10,
                "completion_tokens": 7,
                "total_tokens": 17,
                "prompt_tokens_details": {"cached_tokens": 12, "cache_write_tokens": 5},
                "completion_tokens_details": {"reasoning_tokens": 99},
            },
        ),
        (
            "gemini",
            {
                "promptTokenCount": 10,
                "totalTokenCount": 17,
                "thoughtsTokenCount": 7,
                "cachedContentTokenCount": 11,
            },
        ),
        (
            "anthropic",
            {
                "input_tokens": 0,
                "cache_read_input_tokens": 10,
                "output_tokens": 7,
                "cache_creation": {"ephemeral_1h_input_tokens": 3},
                "output_tokens_details": {"thinking_tokens": "9"},
            },
        ),
    ],
)
async def test_no_part_is_more_than_the_whole(sim: Simulator, kind: Kind, usage: object) -> None:
    """A server that counts oddly gets a price all the same."""
    vendor = SimVendor(sim, kind)
    _send(vendor, "A cat.", **{"usageMetadata" if kind == "gemini" else "usage": usage})
    provider = vendor.provider(model="mine")
    reply = await provider.generate(TASK)
    assert reply.usage == Usage(10, 7, cached_tokens=10, reasoning_tokens=7)
    assert provider.cost(choose.PREFERRED[kind][0], reply.usage)
    await vendor.close()


@pytest.mark.parametrize(
    ("content", "text"),
    [
        ([{"type": "text", "text": "A "}, {"type": "text", "text": "cat."}], "A cat."),
        # Mistral's reasoning models.
        (
            [
                {"type": "thinking", "thinking": [{"type": "text", "text": "Hm."}]},
                {"type": "text", "text": "A cat."},
            ],
            "A cat.",
        ),
        ([{"text": "A "}, "cat.", None, 5, [], {"type": "image_url", "image_url": {}}], "A cat."),
        ({"type": "output_text", "text": "A cat."}, "A cat."),
        ([], ""),
        ([{"type": "reasoning", "text": "Hm."}, {"type": [], "text": "?"}], ""),
    ],
)
@only("openai", "grok", "openai_compatible")
async def test_content_in_parts(vendor: SimVendor, content: object, text: str) -> None:
    """Mistral and OpenRouter send a list of parts; thoughts are none of the text."""
    message = {"content": content, "reasoning_content": "A dog?", "reasoning": "A dog?"}
    vendor.fail("status", status=200, body={"choices": [{"message": message}]})
    assert (await vendor.provider(model="mine").generate(TASK)).text == text


ERRORS: list[tuple[object, Failure, int]] = [
    ({"code": 429, "message": "slow down"}, Failure.RATE_LIMIT, 429),
    ({"code": "429"}, Failure.RATE_LIMIT, 429),
    ({"code": "rate_limit_exceeded"}, Failure.RATE_LIMIT, 429),
    ({"code": 502, "message": "Provider returned error"}, Failure.SERVER, 502),
    ({"type": "overloaded_error", "message": "Overloaded"}, Failure.SERVER, 503),
    ({"code": 402, "message": "Insufficient credits"}, Failure.QUOTA, 402),
    ({"code": 401}, Failure.AUTH, 401),
    ({"type": "authentication_error"}, Failure.AUTH, 401),
    ({"type": "not_found_error"}, Failure.MODEL_MISSING, 404),
    ({"code": 200, "message": "odd"}, Failure.SERVER, 500),
    ({"message": "odd"}, Failure.SERVER, 500),
    ("upstream failed", Failure.SERVER, 500),
    ("Rate limit exceeded", Failure.RATE_LIMIT, 429),
    (["odd"], Failure.SERVER, 500),
]


@pytest.mark.parametrize(("error", "failure", "status"), ERRORS, ids=range(len(ERRORS)))
async def test_an_error_with_a_good_status(
    vendor: SimVendor, error: object, failure: Failure, status: int
) -> None:
    """Gateways that find out too late say so in a 200; it is the failure that it names."""
    _send(vendor, GOOD, error=error)
    err = await vendor.error(model="mine")
    assert (err.failure, err.status, err.model) == (failure, status, "mine")


@pytest.mark.parametrize("nothing", [None, "", {}, [], False])
async def test_an_error_of_nothing(vendor: SimVendor, nothing: object) -> None:
    """Some send the field with every reply."""
    _send(vendor, GOOD, error=nothing)
    assert read(await vendor.provider(model="mine").generate(TASK)).confidence == 90


@only("openai", "grok", "openai_compatible")
async def test_an_error_in_the_choice(vendor: SimVendor) -> None:
    """OpenRouter puts it there when a model fails while it writes; what was used is billed."""
    choice = {"message": {"content": "A man st"}, "error": {"code": 429}}
    usage = {"prompt_tokens": 10, "completion_tokens": 5}
    vendor.fail("status", status=200, body={"choices": [choice], "usage": usage})
    err = await vendor.error()
    assert (err.failure, err.usage) == (Failure.RATE_LIMIT, Usage(10, 5))
    choice = {"message": {"content": "A man st"}, "finish_reason": "error"}
    vendor.fail("status", status=200, body={"choices": [choice]})
    assert (await vendor.error()).failure is Failure.SERVER


@pytest.mark.parametrize(
    "before",
    ["\ufeff", "\n\n", ": OPENROUTER PROCESSING\n\n: OPENROUTER PROCESSING\n\n", "\ufeff:\r\n"],
)
async def test_what_stands_before_a_body(vendor: SimVendor, before: str) -> None:
    """A byte order mark, and comments with which a server keeps the connection open."""
    bodies = {
        "gemini": '{"candidates": [{"content": {"parts": [{"text": "A cat."}]}}]}',
        "anthropic": '{"content": [{"type": "text", "text": "A cat."}]}',
    }
    body = bodies.get(vendor.name, '{"choices": [{"message": {"content": "A cat."}}]}')
    vendor.fail("status", status=200, body=before + body)
    assert (await vendor.provider(model="mine").generate(TASK)).text == "A cat."


@pytest.mark.parametrize("reason", ["length", "max_tokens", "MAX_TOKENS", "model_length"])
async def test_all_ways_to_say_that_a_text_was_cut_off(vendor: SimVendor, reason: str) -> None:
    """Each vendor has its word, and gateways hand on those of others."""
    bodies: dict[str, dict[str, Any]] = {
        "gemini": {
            "candidates": [{"content": {"parts": [{"text": GOOD}]}, "finishReason": reason}]
        },
        "anthropic": {"content": [{"type": "text", "text": GOOD}], "stop_reason": reason},
    }
    chat = {"choices": [{"message": {"content": GOOD}, "finish_reason": reason}]}
    vendor.fail("status", status=200, body=bodies.get(vendor.name, chat))
    assert read(await vendor.provider(model="mine").generate(TASK)).truncated


@pytest.mark.parametrize("vendor", KINDS, indirect=True)
async def test_a_server_that_takes_no_notice_of_the_schema(vendor: SimVendor) -> None:
    """Its prose is turned down once, asked for without a schema, and then it is an answer.

    The only provider of a household has to work: two requests for the first event, then one.
    """
    chain, provider = Chain(), vendor.provider(model="mine")
    for _ in range(3):
        _send(vendor, "A cat sits on the wall.")
    for requests in (2, 1):
        verdict = await chain.run(TASK, [provider], seconds=30, on_attempt=lambda _: None)
        assert verdict.answer is not None
        assert verdict.answer.description == "A cat sits on the wall."
        assert len(verdict.attempts) == requests
    assert provider.dropped_parameters == {"mine": {provider.schema_parameter}}
    sent = [json.dumps(request.body) for request in vendor.requests("describe")]
    assert ["At most six words" in body for body in sent] == [True, False, False]


@pytest.mark.parametrize("vendor", KINDS, indirect=True)
async def test_one_odd_reply_does_not_cost_the_schema(vendor: SimVendor) -> None:
    """A model that has answered in JSON is asked for JSON again, in whatever words it declined."""
    chain, provider = Chain(), vendor.provider(model="mine")
    for text in (GOOD, "Not on my watch.", GOOD):
        _send(vendor, text)
    for requests in (1, 2):
        verdict = await chain.run(TASK, [provider], seconds=30, on_attempt=lambda _: None)
        assert verdict.answer is not None
        assert verdict.answer.confidence == 90
        assert len(verdict.attempts) == requests
    assert provider.dropped_parameters == {}


async def test_a_vendor_takes_notice_of_the_schema(
    vendor: SimVendor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its prose is a refusal in unusual words, or an error."""
    prose = Reply(text="Not on my watch.", model="mine", usage=None, structured=True)
    for address, dropped in ((vendor.url, True), ("", False)):
        provider = vendor.provider(model="mine", base_url=address)
        monkeypatch.setattr(provider, "_request", AsyncMock(return_value=prose))
        await provider.generate(TASK)
        assert bool(provider.dropped_parameters) is dropped


@pytest.mark.parametrize("vendor", KINDS, indirect=True)
@pytest.mark.parametrize(
    ("text", "failure"),
    [
        ("I'm sorry, I can't assist with that request.", Failure.REFUSED),
        ("Internal Server Error", Failure.MALFORMED),
    ],
)
async def test_a_refusal_in_prose_does_not_cost_the_schema(
    vendor: SimVendor, text: str, failure: Failure
) -> None:
    """It says nothing about whether the server reads schemas."""
    provider = vendor.provider(model="mine")
    for _ in range(3):
        _send(vendor, text)
    verdict = await Chain().run(TASK, [provider], seconds=6, on_attempt=lambda _: None)
    assert verdict.answer is None
    assert {attempt.failure for attempt in verdict.attempts} == {failure}
    assert provider.dropped_parameters == {}
