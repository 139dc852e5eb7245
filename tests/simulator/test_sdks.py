"""The vendors' own SDKs work with the simulator."""

import anthropic
from google import genai
from google.genai import types as genai_types
import openai
import pytest

from . import KEYS, Simulator, Vendor
from .samples import MODELS
from .sdk_calls import CHAT_VENDORS, ask_chat, ask_claude, ask_gemini, chat_client, check_answer


@pytest.mark.parametrize(("vendor", "tokens"), [("openai", 1104), ("grok", 1792)])
async def test_chat_answers(sim: Simulator, vendor: Vendor, tokens: int) -> None:
    """A picture gets a true answer, with plausible usage."""
    reply = await ask_chat(sim, vendor)
    check_answer(reply.choices[0].message.content)
    assert reply.choices[0].finish_reason == "stop"
    assert reply.model == MODELS[vendor]
    assert tokens < reply.usage.prompt_tokens < tokens + 300
    assert 20 < reply.usage.completion_tokens < 100


async def test_claude_answers(sim: Simulator) -> None:
    """A picture gets a true answer, with plausible usage."""
    reply = await ask_claude(sim)
    assert reply.content[0].type == "text"
    check_answer(reply.content[0].text)
    assert reply.stop_reason == "end_turn"
    assert 1273 < reply.usage.input_tokens < 1400
    assert 20 < reply.usage.output_tokens < 100


async def test_gemini_answers(gemini: genai.Client) -> None:
    """A picture gets a true answer, with plausible usage."""
    reply = await ask_gemini(gemini)
    check_answer(reply.text)
    assert reply.candidates[0].finish_reason == genai_types.FinishReason.STOP
    assert reply.model_version == MODELS["gemini"]
    assert 1100 < reply.usage_metadata.prompt_token_count < 1200
    assert 20 < reply.usage_metadata.candidates_token_count < 100


async def test_model_lists(sim: Simulator, gemini: genai.Client) -> None:
    """Every list shows what is offered, and nothing that is retired."""
    for vendor in CHAT_VENDORS:
        async with chat_client(sim, vendor) as client:
            found = {model.id: model async for model in client.models.list()}
        assert MODELS[vendor] in found
        assert "grok-2-vision-1212" not in found
        if vendor == "openai":
            assert found["gpt-4o-mini"].shutdown_date == "2027-01-14"
    async with anthropic.AsyncAnthropic(
        api_key=KEYS["anthropic"], base_url=sim.urls.anthropic, max_retries=0
    ) as claude:
        models = {model.id: model async for model in claude.models.list(limit=2)}
    assert set(models) == {"claude-haiku-5-5", "claude-sonnet-5-5", "claude-haiku-4-5"}
    capabilities = models["claude-haiku-5-5"].capabilities
    assert capabilities
    assert capabilities.image_input.supported
    assert not capabilities.thinking.types.enabled.supported
    names = {
        model.name: model.supported_actions
        async for model in await gemini.aio.models.list(config={"page_size": 2})
    }
    assert names["models/gemini-2.5-flash"] == ["generateContent", "countTokens"]
    assert names["models/gemini-embedding-001"] == ["embedContent"]
    assert "models/gemini-2.0-flash" not in names


async def test_accepted_parameters(sim: Simulator, gemini: genai.Client) -> None:
    """What the vendors still take is taken."""
    await ask_chat(sim, "openai", temperature=0.2)
    await ask_chat(sim, "openai", reasoning_effort="low", temperature=1)
    await ask_chat(
        sim,
        "openai",
        model="gpt-4o-mini",
        reasoning_effort=openai.omit,
        max_completion_tokens=openai.omit,
        max_tokens=300,
        temperature=0.2,
    )
    await ask_claude(sim, temperature=1)
    await ask_claude(sim, model="claude-haiku-4-5", thinking=anthropic.omit, temperature=0.2)
    await ask_gemini(gemini, model="gemini-2.5-flash", thinking_config={"thinking_budget": 0})
    assert {request.status for request in sim.requests()} == {200}


async def test_thinking_uses_up_the_cap(sim: Simulator, gemini: genai.Client) -> None:
    """A model that thinks and has a small cap answers with no text at all."""
    chat = await ask_chat(sim, "openai", reasoning_effort=openai.omit)
    assert chat.choices[0].message.content == ""
    assert chat.choices[0].finish_reason == "length"
    assert chat.usage.completion_tokens_details.reasoning_tokens == 300
    claude = await ask_claude(sim, thinking=anthropic.omit)
    assert [block.type for block in claude.content] == ["thinking"]
    assert claude.stop_reason == "max_tokens"
    google = await ask_gemini(gemini, thinking_config={"thinking_level": "HIGH"})
    assert google.text is None
    assert google.candidates[0].finish_reason == genai_types.FinishReason.MAX_TOKENS


async def test_thinking_comes_first(sim: Simulator) -> None:
    """With room enough the first block is thinking and the second the answer."""
    reply = await ask_claude(sim, max_tokens=3000, thinking={"type": "adaptive"})
    assert [block.type for block in reply.content] == ["thinking", "text"]


async def test_redirected_model(sim: Simulator, gemini: genai.Client) -> None:
    """A redirected model is billed under the other id."""
    sim.redirect("gemini", "gemini-2.5-flash", "gemini-3.5-flash-lite")
    reply = await ask_gemini(gemini, model="gemini-2.5-flash")
    assert reply.model_version == "gemini-3.5-flash-lite"
    sim.redirect("grok", "grok-3", "grok-4.3")
    chat = await ask_chat(sim, "grok", model="grok-3", reasoning_effort=openai.omit)
    assert chat.model == "grok-4.3"
    assert [request.model for request in sim.requests()] == ["gemini-2.5-flash", "grok-3"]


async def test_refusals(sim: Simulator, gemini: genai.Client) -> None:
    """A refusal has each vendor's own shape."""
    sim.fail("openai", "refusal")
    chat = await ask_chat(sim, "openai")
    assert chat.choices[0].message.content is None
    assert chat.choices[0].message.refusal
    sim.fail("openai", "refusal", variant="content_filter")
    chat = await ask_chat(sim, "openai")
    assert chat.choices[0].finish_reason == "content_filter"
    sim.fail("grok", "refusal", variant="policy")
    with pytest.raises(openai.PermissionDeniedError, match="usage guidelines"):
        await ask_chat(sim, "grok")
    sim.fail("anthropic", "refusal", variant="general_harms")
    claude = await ask_claude(sim)
    assert claude.stop_reason == "refusal"
    assert claude.stop_details
    assert claude.stop_details.category == "general_harms"
    sim.fail("gemini", "refusal")
    google = await ask_gemini(gemini)
    assert google.prompt_feedback.block_reason == "PROHIBITED_CONTENT"
    sim.fail("gemini", "refusal", variant="SAFETY")
    google = await ask_gemini(gemini)
    assert google.candidates[0].finish_reason == genai_types.FinishReason.SAFETY
