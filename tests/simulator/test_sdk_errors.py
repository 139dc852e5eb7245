"""The vendors' own SDKs meet each vendor's errors."""

import anthropic
from google import genai
from google.genai import errors as genai_errors, types as genai_types
import openai
import pytest

from . import Simulator
from .sdk_calls import CHAT_VENDORS, ask_chat, ask_claude, ask_gemini


async def test_wrong_keys(sim: Simulator) -> None:
    """A wrong key gets each vendor's own refusal; xAI's is a 400."""
    with pytest.raises(openai.AuthenticationError) as unauthorized:
        await ask_chat(sim, "openai", key="wrong-key")
    assert unauthorized.value.code == "invalid_api_key"
    with pytest.raises(openai.BadRequestError) as grok:
        await ask_chat(sim, "grok", key="wrong-key")
    # The SDK keeps only what stands under "error", which is a text here.
    assert grok.value.body == (
        "Incorrect API key provided: wr***ey. You can obtain an API key from https://console.x.ai."
    )
    assert grok.value.code is None
    assert grok.value.response.json()["code"] == "Client specified an invalid argument"
    with pytest.raises(anthropic.AuthenticationError) as claude:
        await ask_claude(sim, key="wrong-key")
    assert claude.value.type == "authentication_error"
    client = genai.Client(
        api_key="wrong-key",
        http_options=genai_types.HttpOptions(base_url=sim.urls.gemini),
    )
    with pytest.raises(genai_errors.ClientError) as google:
        await ask_gemini(client)
    await client.aio.aclose()
    client.close()
    assert google.value.code == 400
    assert google.value.details["error"]["details"][0]["reason"] == "API_KEY_INVALID"
    assert [request.key for request in sim.requests()] == ["bad"] * 4


async def test_unknown_models(sim: Simulator, gemini: genai.Client) -> None:
    """A retired model gets each vendor's own "no such model"."""
    with pytest.raises(openai.NotFoundError) as chat:
        await ask_chat(sim, "openai", model="gpt-4-vision-preview")
    assert chat.value.code == "model_not_found"
    with pytest.raises(openai.NotFoundError) as grok:
        await ask_chat(sim, "grok", model="grok-2-vision-1212")
    assert "grok-2-vision-1212 does not exist" in str(grok.value.body)
    with pytest.raises(anthropic.NotFoundError) as claude:
        await ask_claude(sim, model="claude-3-haiku-20240307")
    assert claude.value.type == "not_found_error"
    for model in ("gemini-2.0-flash", "gemini-1.5-flash", "gemini-embedding-001"):
        with pytest.raises(genai_errors.ClientError) as google:
            await ask_gemini(gemini, model=model)
        assert (google.value.code, google.value.status) == (404, "NOT_FOUND")


async def test_rate_limits(sim: Simulator, gemini: genai.Client) -> None:
    """A 429 carries the wait where each vendor puts it."""
    for vendor in CHAT_VENDORS:
        sim.fail(vendor, "rate_limit", retry_after=7)
        with pytest.raises(openai.RateLimitError) as chat:
            await ask_chat(sim, vendor)
        assert chat.value.response.headers["retry-after"] == "7"
    sim.fail("anthropic", "rate_limit", retry_after=7)
    with pytest.raises(anthropic.RateLimitError) as claude:
        await ask_claude(sim)
    assert claude.value.response.headers["retry-after"] == "7"
    sim.fail("gemini", "daily_quota", retry_after=7)
    with pytest.raises(genai_errors.ClientError) as google:
        await ask_gemini(gemini)
    details = google.value.details["error"]["details"]
    assert "PerDay" in details[0]["violations"][0]["quotaId"]
    assert details[-1]["retryDelay"] == "7s"
    assert google.value.status == "RESOURCE_EXHAUSTED"


async def test_out_of_money(sim: Simulator) -> None:
    """Used-up money is told apart from too many requests."""
    sim.fail("openai", "quota")
    with pytest.raises(openai.RateLimitError) as chat:
        await ask_chat(sim, "openai")
    assert chat.value.code == "insufficient_quota"
    statuses = {}
    for variant in ("", "billing", "spend_limit", "usage_limit"):
        sim.fail("anthropic", "quota", variant=variant)
        with pytest.raises(anthropic.APIStatusError) as claude:
            await ask_claude(sim)
        statuses[variant] = claude.value.status_code
    assert statuses == {"": 400, "billing": 402, "spend_limit": 429, "usage_limit": 400}


async def test_overload(sim: Simulator, gemini: genai.Client) -> None:
    """Overload is 503, and 529 at Anthropic."""
    sim.fail("openai", "overloaded")
    sim.fail("anthropic", "overloaded")
    sim.fail("gemini", "overloaded")
    with pytest.raises(openai.InternalServerError) as chat:
        await ask_chat(sim, "openai")
    assert chat.value.status_code == 503
    with pytest.raises(anthropic.APIStatusError) as claude:
        await ask_claude(sim)
    assert (claude.value.status_code, claude.value.type) == (529, "overloaded_error")
    with pytest.raises(genai_errors.ServerError) as google:
        await ask_gemini(gemini)
    assert (google.value.code, google.value.status) == (503, "UNAVAILABLE")


async def test_refused_parameters(sim: Simulator, gemini: genai.Client) -> None:
    """Newer models refuse older parameters, in each vendor's own words."""
    with pytest.raises(openai.BadRequestError) as chat:
        await ask_chat(sim, "openai", max_completion_tokens=openai.omit, max_tokens=300)
    assert (chat.value.code, chat.value.param) == ("unsupported_parameter", "max_tokens")
    with pytest.raises(openai.BadRequestError) as chat:
        await ask_chat(sim, "openai", reasoning_effort=openai.omit, temperature=0.2)
    assert (chat.value.code, chat.value.param) == ("unsupported_value", "temperature")
    with pytest.raises(openai.BadRequestError, match="presencePenalty"):
        await ask_chat(sim, "grok", presence_penalty=0)
    with pytest.raises(openai.BadRequestError, match="reasoningEffort"):
        await ask_chat(sim, "grok", model="grok-4.20")
    with pytest.raises(anthropic.BadRequestError, match="`temperature` is deprecated"):
        await ask_claude(sim, temperature=0.2)
    with pytest.raises(anthropic.BadRequestError, match=r"thinking\.type\.enabled"):
        await ask_claude(sim, max_tokens=4000, thinking={"type": "enabled", "budget_tokens": 1024})
    with pytest.raises(genai_errors.ClientError, match="Thinking budget"):
        await ask_gemini(gemini, thinking_config={"thinking_budget": 0})
    with pytest.raises(genai_errors.ClientError, match="Thinking level"):
        await ask_gemini(
            gemini, model="gemini-2.5-flash", thinking_config={"thinking_level": "LOW"}
        )
