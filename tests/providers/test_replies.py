"""What is read from a reply: text, model, usage; and replies that are none."""

from typing import Any

import pytest

from custom_components.eyewitness.chain.failures import Failure, ProviderError
from custom_components.eyewitness.chain.task import Usage
from custom_components.eyewitness.pipeline.answer import read
from tests.simulator.faults import Kind as FaultKind

from .kit import TASK, SimVendor, error_of, only


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
    assert 0 < (provider.cost(reply.model, reply.usage) or 0) < 0.05


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
        ({}, Usage(0, 0)),
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
        ({"completion_tokens": 5, "total_tokens": 900}, Usage(0, 5)),
        ({"prompt_tokens": 10**9, "completion_tokens": 10**9 - 1}, Usage(0, 10**9 - 1)),
        ({"prompt_tokens": -1, "completion_tokens": True}, Usage(0, 0)),
        ({"prompt_tokens": "7", "completion_tokens": 1.5}, Usage(0, 0)),
    ],
)
@only("openai", "grok")
async def test_usage(vendor: SimVendor, usage: object, expected: Usage | None) -> None:
    """Token counts are whole numbers or nothing."""
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
    if vendor.name == "gemini" and not isinstance(name, str | None):
        # Google's SDK takes nothing but a text for a name.
        assert (await error_of(provider.generate(TASK))).failure is Failure.MALFORMED
    else:
        assert (await provider.generate(TASK)).model == "mine"
