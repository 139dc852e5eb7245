"""A server of the user's choice that speaks OpenAI's dialect, more or less.

The bodies come from a LiteLLM proxy 1.106, and from issues and sources of the others.
"""

import json

from freezegun import freeze_time
import pytest

from custom_components.eyewitness.chain.failures import Failure
from custom_components.eyewitness.chain.task import Cost, Usage
from tests.simulator import Model
from tests.simulator.faults import Kind as FaultKind

from .kit import TASK, ErrorReply, OtherServer, SimVendor, cases, check_error, error_of, only

SEEING = "llava:13b"


pytestmark = only("openai_compatible")


async def test_what_is_sent(vendor: SimVendor) -> None:
    """A request carries what a description needs and nothing that servers stumble over."""
    vendor.offer(SEEING)
    reply = await vendor.provider(model=SEEING).generate(TASK)
    assert "1280x720" in reply.text
    (record,) = vendor.requests()
    assert record.path == "/openai/v1/chat/completions"
    assert record.body.keys() == {"model", "messages", "max_tokens", "response_format"}
    assert record.body["response_format"]["type"] == "json_schema"


@pytest.mark.parametrize(
    ("model", "limit"),
    [
        (SEEING, 300),
        *((name, 1300) for name in ("qwen3-vl:8b", "openai/gpt-5-mini", "gpt-6-luna")),
        ("anthropic/claude-haiku-5-5", 1300),
    ],
)
async def test_thinking(vendor: SimVendor, model: str, limit: int) -> None:
    """A model that thinks gets tokens for it, and no parameter that only OpenAI knows."""
    vendor.set_models([Model(id=model)])
    await vendor.provider(model=model).generate(TASK)
    body = vendor.requests()[0].body
    assert body["max_tokens"] == limit
    assert not body.keys() & {"reasoning_effort", "store", "max_completion_tokens"}


async def test_no_key(
    vendor: SimVendor, server: OtherServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without a key none is sent, not even one that lies about in the environment."""
    monkeypatch.setenv("OPENAI_API_KEY", "key-of-another-program")
    monkeypatch.setenv("OPENAI_ADMIN_KEY", "key-of-another-program")
    choice = {"message": {"content": "A person at the door."}, "finish_reason": "stop"}
    body = {"data": [{"id": SEEING}], "model": SEEING, "choices": [choice]}
    server.body = json.dumps(body).encode()
    reply = await vendor.provider(base_url=server.url, api_key="").generate(TASK)
    assert (reply.text, reply.model, reply.usage) == ("A person at the door.", SEEING, None)
    assert [path for path, _, _ in server.requests] == ["/v1/models", "/v1/chat/completions"]
    for _, headers, sent in server.requests:
        assert "authorization" not in {name.lower() for name in headers}
        text = json.dumps([dict(headers), sent])
        assert "key-of-another-program" not in text
        assert "Bearer" not in text


def _error(status: int, message: str, **more: str) -> ErrorReply:
    return ErrorReply(status, {"error": {"message": message, "code": status, **more}})


def _litellm(status: int, message: str, error_type: str = "invalid_request_error") -> ErrorReply:
    inner = {"message": message, "type": error_type, "param": None, "code": "400"}
    return ErrorReply(status, {"error": inner})


def _vllm(status: int, message: str) -> ErrorReply:
    return ErrorReply(status, {"object": "error", "message": message, "code": status})


def _unsupported(name: str) -> ErrorReply:
    return _litellm(
        400,
        "litellm.UnsupportedParamsError: anthropic does not support parameters: "
        f"['{name}'], for model=claude-3-haiku-20240307. To drop these, set "
        "`litellm.drop_params=True` or for proxy: ...",
    )


REJECTIONS = {
    "max_tokens": [
        _unsupported("max_tokens"),
        # OpenAI, behind a proxy
        _error(
            400,
            "Unsupported parameter: 'max_tokens' is not supported with this model. "
            "Use 'max_completion_tokens' instead.",
            type="invalid_request_error",
            param="max_tokens",
            code="unsupported_parameter",
        ),
    ],
    "response_format": [
        _unsupported("response_format"),
        _litellm(400, "Failed to parse grammar"),
        # LM Studio
        ErrorReply(400, {"error": "'response_format.type' must be 'json_schema' or 'text'"}),
        # FastAPI, as Mistral and strict vLLMs have it
        ErrorReply(
            422, {"detail": [{"type": "extra_forbidden", "loc": ["body", "response_format"]}]}
        ),
        _vllm(400, "The provided JSON schema contains unsupported features"),
    ],
}


@pytest.mark.parametrize(
    ("name", "reply"), [(name, reply) for name, group in REJECTIONS.items() for reply in group]
)
async def test_rejected_parameters(vendor: SimVendor, name: str, reply: ErrorReply) -> None:
    """What a server stumbles over is left out of the next request, and stays out."""
    vendor.offer(SEEING)
    vendor.fail("status", status=reply.status, body=reply.body)
    provider = vendor.provider(model=SEEING)
    err = await error_of(provider.generate(TASK))
    assert (err.failure, err.status) == (Failure.BAD_REQUEST, reply.status)
    assert err.adapted
    await provider.generate(TASK)
    await provider.generate(TASK)
    bodies = [record.body for record in vendor.requests()]
    assert [name in body for body in bodies] == [True, False, False]
    limit = 300 if name == "max_tokens" else None
    assert bodies[-1].get("max_completion_tokens") == limit


REPLIES = {
    Failure.AUTH: [
        # LiteLLM 1.106, without a database, and with a key that is missing
        _litellm(400, "No connected db.", "no_db_connection"),
        _litellm(401, "Authentication Error, No api key passed in.", "auth_error"),
        _error(400, "Incorrect API key provided"),
        ErrorReply(403, {"error": "Invalid API key"}),
    ],
    Failure.FORBIDDEN: [ErrorReply(403, {"error": "Your plan does not include this"})],
    Failure.SERVER: [ErrorReply(500, "Internal Server Error")],
    Failure.MODEL_MISSING: [
        _litellm(
            400, "/chat/completions: Invalid model name passed in model=nope. Call `/v1/models`"
        ),
        # OpenRouter, Ollama, vLLM
        _error(400, "nope is not a valid model ID"),
        _error(404, 'model "nope" not found, try pulling it first'),
        _vllm(404, "The model `nope` does not exist."),
        _error(404, "No endpoints found that support image input"),
        # without vision: llama.cpp, Ollama, Ollama's cloud, vLLM, LM Studio
        _error(
            500,
            "image input is not supported - hint: if this is unexpected, you may need to provide "
            "the mmproj",
            type="server_error",
        ),
        _error(500, "this model is missing data required for image input"),
        _error(400, "this model does not support image input"),
        _vllm(400, "GLM-5.2 is not a multimodal model"),
        ErrorReply(400, {"error": "Model does not support images. Please use a model that does."}),
    ],
    Failure.RATE_LIMIT: [_litellm(429, "slow down", "throttling_error")],
    Failure.QUOTA: [_error(402, "Insufficient credits")],
    Failure.BAD_REQUEST: [
        _error(400, "what is this"),
        ErrorReply(405, {"detail": "Method Not Allowed"}),
        # what is not sent cannot be left out
        _unsupported("store"),
    ],
}


@cases(REPLIES)
async def test_errors(vendor: SimVendor, failure: Failure, reply: ErrorReply) -> None:
    """What servers say is understood by its words, since they do not agree on numbers."""
    await check_error(vendor, failure, reply)


@freeze_time("2026-11-22T12:00:00Z")
@pytest.mark.parametrize("status", [429, 200])
@pytest.mark.parametrize(
    ("limit", "failure"),
    [("free-models-per-day", Failure.QUOTA), ("free-models-per-min", Failure.RATE_LIMIT)],
)
async def test_openrouter_says_when_a_limit_ends(
    vendor: SimVendor, limit: str, failure: Failure, status: int
) -> None:
    """A used-up day is a quota until then: asking again sooner would be in vain."""
    end = {"X-RateLimit-Limit": "50", "X-RateLimit-Reset": "1795392000000"}
    error = {
        "message": f"Rate limit exceeded: {limit}. Add 10 credits to unlock more.",
        "code": 429,
        "metadata": {"headers": end, "provider_name": None},
    }
    vendor.fail("status", status=status, body={"error": error, "user_id": "user_x"})
    err = await vendor.error(model="mine")
    assert (err.failure, err.status, err.retry_after) == (failure, 429, 12 * 3600)


@freeze_time("2026-11-22T12:00:00Z")
async def test_openrouter_says_it_in_a_header(vendor: SimVendor) -> None:
    """Retry-After comes first where there is one."""
    headers = {"X-RateLimit-Reset": "1795348860000"}
    for more, wait in (({}, 60), ({"Retry-After": "5"}, 5)):
        vendor.fail("status", status=429, body={"error": "slow down"}, headers=headers | more)
        assert (await vendor.error(model="mine")).retry_after == wait


async def test_auto(vendor: SimVendor) -> None:
    """The first model listed that seems to see is taken, and never one that embeds."""
    names = ("text-embedding-3", "plain", SEEING, "qwen2.5vl:7b")
    vendor.set_models([Model(id=name) for name in names])
    provider = vendor.provider()
    await provider.generate(TASK)
    assert provider.model == SEEING
    requests = [(record.endpoint, record.model) for record in vendor.requests()]
    assert requests == [("models", None), ("describe", SEEING)]


async def test_auto_goes_on(vendor: SimVendor) -> None:
    """A model that cannot see after all is replaced by the next, until none is left."""
    vendor.set_models([Model(id=name, vision=False) for name in (SEEING, "plain")])
    provider = vendor.provider()
    for model, adapted in ((SEEING, True), ("plain", False)):
        err = await error_of(provider.generate(TASK))
        assert (err.failure, err.model, err.adapted) == (Failure.MODEL_MISSING, model, adapted)
    # The owner may have put in another one meanwhile.
    vendor.set_models([Model(id="mine")])
    assert (await provider.generate(TASK)).model == "mine"


@pytest.mark.parametrize("names", [(), ("text-embedding-3", "whisper-1", "bge-reranker-v2")])
async def test_nothing_to_choose_from(vendor: SimVendor, names: tuple[str, ...]) -> None:
    """Without a model that chats there is none to ask for."""
    vendor.set_models([Model(id=name) for name in names])
    provider = vendor.provider()
    for call in (provider.generate(TASK), provider.check()):
        err = await error_of(call)
        assert (err.failure, err.adapted) == (Failure.MODEL_MISSING, False)
    assert {record.endpoint for record in vendor.requests()} == {"models"}


@pytest.mark.parametrize(
    ("fault", "failure"),
    [("server_error", Failure.SERVER), ("auth", Failure.AUTH), ("hang", Failure.TIMEOUT)],
)
async def test_a_list_that_does_not_come(
    vendor: SimVendor, fault: FaultKind, failure: Failure
) -> None:
    """What kept us from the list is what went wrong; no model is guessed."""
    vendor.fail(fault, endpoint="models")
    assert (await vendor.error()).failure is failure
    assert [record.endpoint for record in vendor.requests()] == ["models"]


@pytest.mark.parametrize(
    ("base_url", "local", "model", "usd"),
    [
        # A machine of the user's own sends no bill, whatever its model is called.
        ("http://ollama:11434/v1", True, "gpt-4o-mini", 0.0),
        ("https://openrouter.ai/api/v1", False, "openai/gpt-4o-mini", 0.00021),
        ("https://openrouter.ai/api/v1", False, "nobody/knows-this", None),
        ("https://llm.example/v1", False, "gpt-4o-mini", None),
    ],
)
async def test_what_it_costs(
    vendor: SimVendor, base_url: str, local: bool, model: str, usd: float | None
) -> None:
    """Whose prices count is decided by the address, not by the name of a model."""
    provider = vendor.provider(base_url=base_url, local=local)
    assert provider.cost(model, Usage(1000, 100)) == (None if usd is None else Cost(usd))
    assert provider.cost(model, None) == (Cost(0.0) if local else None), "its usage is not known"
