"""What is read from a reply: text, model, usage; and replies that are none."""

import json

import pytest

from custom_components.eyewitness.chain.answer import read
from custom_components.eyewitness.chain.failures import Kind, ProviderError
from custom_components.eyewitness.chain.task import Usage
from tests.simulator import Simulator, Vendor
from tests.simulator.faults import Kind as FaultKind

from .conftest import VENDORS, Build
from .kit import QUESTION, failure


async def test_a_true_answer(sim: Simulator, build: Build, vendor: Vendor) -> None:
    """Text, model and usage come from the reply, and the usage has a price."""
    made = build(vendor)
    reply = await made.describe(QUESTION)
    assert "1280x720" in read(reply).description
    assert reply.model == sim.requests(vendor, "describe")[0].model
    assert reply.usage is not None
    assert 1000 < reply.usage.input_tokens < 40000
    assert 20 < reply.usage.output_tokens < 200
    assert not reply.truncated
    cost = made.cost(reply.model, reply.usage)
    assert cost is not None
    assert 0 < cost < 0.05


async def test_the_model_that_answered(sim: Simulator, build: Build, vendor: Vendor) -> None:
    """A vendor may answer for a retired model with another one, and bills that one."""
    sim.redirect(vendor, "an-old-one", "the-new-one")
    reply = await build(vendor, model="an-old-one").describe(QUESTION)
    assert reply.model == "the-new-one"


async def test_cut_off(sim: Simulator, build: Build, vendor: Vendor) -> None:
    """A text that ended at the output cap is kept and marked (matrix row 29)."""
    sim.fail(vendor, "length", text='{"description": "A person at the')
    reply = await build(vendor).describe(QUESTION)
    assert reply.truncated
    assert read(reply).description == "A person at the"


@pytest.mark.parametrize("vendor", ["gemini", "anthropic"])
async def test_thinking_is_left_out(sim: Simulator, build: Build, vendor: Vendor) -> None:
    """Thoughts are no part of the description."""
    sim.fail(vendor, "thinking")
    reply = await build(vendor).describe(QUESTION)
    assert "Let me look" not in reply.text
    assert "1280x720" in read(reply).description


@pytest.mark.parametrize("kind", ["empty", "null", "no_choices"])
async def test_no_text(sim: Simulator, build: Build, vendor: Vendor, kind: FaultKind) -> None:
    """An empty reply has no text but a bill; the chain's reader calls it malformed (row 28)."""
    if vendor == "anthropic" and kind == "no_choices":
        pytest.skip("Anthropic's reply has no list of choices")
    sim.fail(vendor, kind)
    reply = await build(vendor).describe(QUESTION)
    assert reply.text == ""
    assert reply.usage is not None
    with pytest.raises(ProviderError) as caught:
        read(reply)
    assert caught.value.kind is Kind.MALFORMED
    assert caught.value.usage == reply.usage


REFUSALS: list[tuple[Vendor, str, int]] = [
    # finish_reason and the field refusal: openai/types/chat/chat_completion*.py.
    ("openai", "", 200),
    ("openai", "content_filter", 200),
    # The code content_policy_violation: OpenAI's guide to error codes.
    ("openai", "policy", 400),
    ("grok", "", 200),
    ("grok", "content_filter", 200),
    # "Content violates usage guidelines": UKGovernmentBEIS/inspect_ai PR 2267.
    ("grok", "policy", 403),
    # BlockedReason and FinishReason: google/genai/types.py.
    ("gemini", "prompt", 200),
    ("gemini", "SAFETY", 200),
    ("gemini", "RECITATION", 200),
    ("gemini", "BLOCKLIST", 200),
    ("gemini", "PROHIBITED_CONTENT", 200),
    ("gemini", "SPII", 200),
    ("gemini", "IMAGE_SAFETY", 200),
    # stop_reason: anthropic/types/stop_reason.py.
    ("anthropic", "", 200),
    ("anthropic", "violent_extremism", 200),
]


@pytest.mark.parametrize(("vendor", "variant", "status"), REFUSALS)
async def test_refusals(
    sim: Simulator, build: Build, vendor: Vendor, variant: str, status: int
) -> None:
    """A vendor that will not look at a picture says so in many ways (row 24)."""
    sim.fail(vendor, "refusal", variant=variant)
    err = await failure(build(vendor))
    assert (err.kind, err.status) == (Kind.REFUSED, status)
    assert err.model == sim.requests(vendor, "describe")[0].model
    # What was refused in a reply is on the bill, what was refused with an error is not (row 46).
    assert (err.usage is not None) == (status == 200)


@pytest.mark.parametrize(
    ("kind", "options"),
    [
        ("html", {}),  # a captive portal (row 26)
        ("non_json", {}),
        ("status", {"status": 200, "body": "[1, 2]"}),
        ("status", {"status": 200, "body": "null"}),
        ("status", {"status": 200, "body": '{"choices": [}'}),
        ("status", {"status": 200, "body": "[" * 200_000}),  # deeper than a parser goes
        ("status", {"status": 200, "body": '"text"'}),
        ("status", {"status": 204}),
    ],
)
async def test_no_reply_at_all(
    sim: Simulator, build: Build, vendor: Vendor, kind: FaultKind, options: dict[str, object]
) -> None:
    """A 200 that is no JSON object is malformed."""
    sim.fail(vendor, kind, **options)
    err = await failure(build(vendor))
    assert err.kind is Kind.MALFORMED
    assert not err.oversize


async def test_grok_bills_its_reasoning_apart(sim: Simulator, build: Build) -> None:
    """At xAI only the total holds the tokens of the reasoning, which are billed as output.

    Source: xAI's page on consumption, quoted in vercel/ai PR 12425; figures from
    Wei-Shaw/sub2api issue 5771.
    """
    usage = {
        "prompt_tokens": 10120,
        "completion_tokens": 1499,
        "total_tokens": 14428,
        "completion_tokens_details": {"reasoning_tokens": 2809},
    }
    body = {"model": "grok-4.20", "usage": usage, "choices": [{"message": {"content": "{}"}}]}
    sim.fail("grok", "status", status=200, body=body)
    reply = await build("grok").describe(QUESTION)
    assert reply.usage == Usage(10120, 1499 + 2809)


@pytest.mark.parametrize(
    ("usage", "read_as"),
    [
        (None, None),
        ("many", None),
        ([], None),
        ({}, Usage(0, 0)),
        ({"prompt_tokens": 10, "completion_tokens": 5}, Usage(10, 5)),
        # OpenAI counts reasoning among the completion tokens.
        ({"prompt_tokens": 10, "completion_tokens": 5, "total_tokens": 15}, Usage(10, 5)),
        ({"prompt_tokens": 10, "completion_tokens": 5, "total_tokens": 3}, Usage(10, 5)),
        ({"completion_tokens": 5, "total_tokens": 900}, Usage(0, 5)),
        ({"prompt_tokens": 10**9, "completion_tokens": 10**9 - 1}, Usage(0, 10**9 - 1)),
        ({"prompt_tokens": -1, "completion_tokens": True}, Usage(0, 0)),
        ({"prompt_tokens": "7", "completion_tokens": 1.5}, Usage(0, 0)),
    ],
)
async def test_usage_of_a_compatible_server(
    sim: Simulator, build: Build, usage: object, read_as: Usage | None
) -> None:
    """Token counts are whole numbers or nothing."""
    body = {"usage": usage, "choices": [{"message": {"content": "A cat."}}]}
    sim.fail("openai", "status", status=200, body=body)
    reply = await build("openai", model="local").describe(QUESTION)
    assert (reply.text, reply.model, reply.usage) == ("A cat.", "local", read_as)


@pytest.mark.parametrize("vendor", VENDORS)
async def test_usage_is_missing(sim: Simulator, build: Build, vendor: Vendor) -> None:
    """A reply without usage has none: nobody knows what it will cost."""
    text = json.dumps({"description": "A cat."})
    bodies = {
        "gemini": {"candidates": [{"content": {"parts": [{"text": text}]}}]},
        "anthropic": {"content": [{"type": "text", "text": text}]},
    }
    body = bodies.get(vendor, {"choices": [{"message": {"content": text}}]})
    sim.fail(vendor, "status", status=200, body=body)
    reply = await build(vendor, model="mine").describe(QUESTION)
    assert (reply.text, reply.model, reply.usage) == (text, "mine", None)


@pytest.mark.parametrize(
    "name", ["", " ", "two words", "<script>", "\ud800", "x" * 101, "line\nbreak", 5, None, ["x"]]
)
async def test_a_model_without_a_name(
    sim: Simulator, build: Build, vendor: Vendor, name: object
) -> None:
    """What is no name of a model goes neither into the event nor into the ledger."""
    text = "A cat."
    bodies = {
        "gemini": {
            "modelVersion": name,
            "candidates": [{"content": {"parts": [{"text": text}]}}],
        },
        "anthropic": {"model": name, "content": [{"type": "text", "text": text}]},
    }
    body = bodies.get(vendor, {"model": name, "choices": [{"message": {"content": text}}]})
    sim.fail(vendor, "status", status=200, body=body)
    made = build(vendor, model="mine")
    if vendor == "gemini" and not isinstance(name, str | None):
        # Google's SDK takes nothing but a text for a name.
        assert (await failure(made)).kind is Kind.MALFORMED
    else:
        assert (await made.describe(QUESTION)).model == "mine"
