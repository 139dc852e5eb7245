"""A server of the user's choice that speaks OpenAI's dialect, more or less.

The bodies come from a LiteLLM proxy 1.106, and from issues and sources of the others.
"""

from collections.abc import AsyncGenerator
import json
import socket
from typing import Any

from aiohttp import web
from aiohttp.test_utils import TestServer
import pytest

from custom_components.eyewitness.chain.failures import Kind, ProviderError
from custom_components.eyewitness.chain.task import Usage
from custom_components.eyewitness.const import COMPATIBLE
from custom_components.eyewitness.providers import base, registry
from custom_components.eyewitness.providers.base import VendorProvider
from custom_components.eyewitness.providers.spec import Spec
from tests.simulator import Model, Simulator
from tests.simulator.faults import Kind as FaultKind

from .conftest import Build
from .kit import QUESTION, SSL, check_silent, failure

EYES = "llava:13b"


@pytest.fixture
def made(sim: Simulator, build: Build) -> VendorProvider:
    """Return a provider whose server is the simulator's OpenAI."""
    sim.set_models("openai", [Model(id="text-embedding-3"), Model(id=EYES), Model(id="plain")])
    return build("openai", kind=COMPATIBLE, local=True, model=EYES)


class _Server:
    """Be a server that wants no key, as Ollama does."""

    def __init__(self) -> None:
        self.requests: list[tuple[str, dict[str, str], Any]] = []
        self.url = ""
        self.answer: web.Response | None = None

    async def visit(self, request: web.Request) -> web.Response:
        """Note what was sent."""
        body = await request.json() if request.can_read_body else None
        self.requests.append((request.path, dict(request.headers), body))
        if self.answer is not None:
            return self.answer
        if request.path.endswith("/models"):
            return web.json_response({"object": "list", "data": [{"id": EYES}]})
        said = {"role": "assistant", "content": "A person at the door."}
        return web.json_response(
            {"model": EYES, "choices": [{"message": said, "finish_reason": "stop"}]}
        )


@pytest.fixture
async def server(socket_enabled: None) -> AsyncGenerator[_Server]:
    """Run it."""
    found = _Server()
    app = web.Application(client_max_size=10**7)
    app.router.add_route("*", "/{tail:.*}", found.visit)
    async with TestServer(app) as running:
        found.url = str(running.make_url("/v1"))
        yield found


async def _one(url: str, **spec: Any) -> VendorProvider:
    given: dict[str, Any] = {"kind": COMPATIBLE, "api_key": "", "base_url": url, "local": True}
    return registry.build(Spec(id="id", **(given | spec)), SSL)


def test_without_an_address() -> None:
    """There is none that it could have by default."""
    with pytest.raises(ValueError, match=r"^$"):
        registry.build(Spec(id="", kind=COMPATIBLE, api_key="k"), SSL)


async def test_what_is_sent(sim: Simulator, made: VendorProvider) -> None:
    """A question carries what a description needs and nothing that servers stumble over."""
    reply = await made.describe(QUESTION)
    assert "1280x720" in reply.text
    (record,) = sim.requests("openai")
    assert (record.path, record.key, record.key_elsewhere) == (
        "/openai/v1/chat/completions",
        "ok",
        False,
    )
    assert record.body.keys() == {"model", "messages", "max_tokens", "response_format"}
    assert record.body["max_tokens"] == 300
    assert record.body["response_format"]["type"] == "json_schema"
    assert {name.lower() for name in record.headers} <= {
        *("accept", "accept-encoding", "authorization", "connection", "content-length"),
        *("content-type", "host", "user-agent", "x-stainless-raw-response"),
    }


async def test_a_key_that_is_wrong(sim: Simulator, made: VendorProvider) -> None:
    """It is a key's fault there as well."""
    sim.set_key("openai", "another-key")
    assert (await failure(made)).kind is Kind.AUTH


async def test_no_key(server: _Server, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a key none is sent, not even one that lies about in the environment."""
    monkeypatch.setenv("OPENAI_API_KEY", "key-of-another-program")
    monkeypatch.setenv("OPENAI_ADMIN_KEY", "key-of-another-program")
    made = await _one(server.url)
    reply = await made.describe(QUESTION)
    await made.close()
    assert (reply.text, reply.model, reply.usage) == ("A person at the door.", EYES, None)
    assert [path for path, _, _ in server.requests] == ["/v1/models", "/v1/chat/completions"]
    for _, headers, body in server.requests:
        assert "authorization" not in {name.lower() for name in headers}
        assert "key-of-another-program" not in json.dumps([headers, body])
        assert "Bearer" not in json.dumps([headers, body])


async def test_room_for_thoughts(server: _Server) -> None:
    """A model that thinks at home gets room for it, and no parameter that only OpenAI knows."""
    thinking = ("qwen3-vl:8b", "openai/gpt-5-mini", "gpt-6-luna", "anthropic/claude-haiku-5-5")
    for model, cap in [*((name, 1300) for name in thinking), ("llava", 300)]:
        made = await _one(server.url, model=model)
        await made.describe(QUESTION)
        await made.close()
        body = server.requests[-1][2]
        assert body["max_tokens"] == cap
        assert not body.keys() & {"reasoning_effort", "store", "max_completion_tokens"}


@pytest.mark.parametrize("endpoint", ["describe", "models"])
async def test_a_redirect_is_not_followed(
    sim: Simulator, made: VendorProvider, server: _Server, endpoint: str
) -> None:
    """The key does not go where a redirect points, nor does the picture."""
    sim.fail("openai", "redirect", endpoint=endpoint, location=f"{server.url}/models")
    with pytest.raises(ProviderError) as caught:
        await (made.check() if endpoint == "models" else made.describe(QUESTION))
    check_silent(caught.value)
    assert caught.value.kind is Kind.REDIRECT
    assert server.requests == []


def _litellm(message: str, kind: str = "invalid_request_error") -> dict[str, Any]:
    return {"error": {"message": message, "type": kind, "param": None, "code": "400"}}


def _unsupported(name: str) -> dict[str, Any]:
    return _litellm(
        "litellm.UnsupportedParamsError: anthropic does not support parameters: "
        f"['{name}'], for model=claude-3-haiku-20240307. To drop these, set "
        "`litellm.drop_params=True` or for proxy: ..."
    )


BLAMED = [
    (400, _unsupported("response_format"), "response_format"),
    (400, _unsupported("max_tokens"), "max_tokens"),
    (
        400,
        {
            "error": {
                "message": "Unsupported parameter: 'max_tokens' is not supported with this model. "
                "Use 'max_completion_tokens' instead.",
                "type": "invalid_request_error",
                "param": "max_tokens",
                "code": "unsupported_parameter",
            }
        },
        "max_tokens",
    ),
    # LM Studio
    (400, {"error": "'response_format.type' must be 'json_schema' or 'text'"}, "response_format"),
    # FastAPI, as Mistral and strict vLLMs have it
    (
        422,
        {"detail": [{"type": "extra_forbidden", "loc": ["body", "response_format"]}]},
        "response_format",
    ),
    # vLLM
    (
        400,
        {"object": "error", "message": "The provided JSON schema contains unsupported features"},
        "response_format",
    ),
    (400, _litellm("Failed to parse grammar"), "response_format"),
]


@pytest.mark.parametrize(("status", "body", "name"), BLAMED)
async def test_blamed_parameters(
    sim: Simulator, made: VendorProvider, status: int, body: Any, name: str
) -> None:
    """What a server stumbles over is left out of the next request, and stays out."""
    sim.fail("openai", "status", status=status, body=body)
    err = await failure(made)
    assert (err.kind, err.status, err.adapted) == (Kind.BAD_REQUEST, status, True)
    await made.describe(QUESTION)
    await made.describe(QUESTION)
    assert [name in record.body for record in sim.requests("openai")] == [True, False, False]
    last = sim.requests("openai")[-1].body
    assert last.get("max_completion_tokens") == (300 if name == "max_tokens" else None)


async def test_another_parameter_is_blamed(sim: Simulator, made: VendorProvider) -> None:
    """What we do not send cannot be left out."""
    sim.fail("openai", "status", status=400, body=_unsupported("store"))
    err = await failure(made)
    assert (err.kind, err.adapted) == (Kind.BAD_REQUEST, False)


ERRORS = [
    # LiteLLM 1.106, without a database, and with a key that is missing
    (400, _litellm("No connected db.", "no_db_connection"), Kind.AUTH),
    (401, _litellm("Authentication Error, No api key passed in.", "auth_error"), Kind.AUTH),
    (400, {"error": {"message": "Incorrect API key provided"}}, Kind.AUTH),
    (403, {"error": "Invalid API key"}, Kind.AUTH),
    (403, {"error": "Your plan does not include this"}, Kind.FORBIDDEN),
    (500, "Internal Server Error", Kind.SERVER),
    (
        400,
        _litellm("/chat/completions: Invalid model name passed in model=nope. Call `/v1/models`"),
        Kind.MODEL_MISSING,
    ),
    # OpenRouter, Ollama, vLLM
    (400, {"error": {"message": "nope is not a valid model ID", "code": 400}}, Kind.MODEL_MISSING),
    (
        404,
        {"error": {"message": 'model "nope" not found, try pulling it first'}},
        Kind.MODEL_MISSING,
    ),
    (
        404,
        {"object": "error", "message": "The model `nope` does not exist.", "code": 404},
        Kind.MODEL_MISSING,
    ),
    (
        404,
        {"error": {"message": "No endpoints found that support image input"}},
        Kind.MODEL_MISSING,
    ),
    # Without eyes: llama.cpp, Ollama, Ollama's cloud, vLLM, LM Studio
    (
        500,
        {
            "error": {
                "code": 500,
                "message": "image input is not supported - hint: if this is unexpected, you may "
                "need to provide the mmproj",
                "type": "server_error",
            }
        },
        Kind.MODEL_MISSING,
    ),
    (
        500,
        {"error": {"message": "this model is missing data required for image input"}},
        Kind.MODEL_MISSING,
    ),
    (400, {"error": {"message": "this model does not support image input"}}, Kind.MODEL_MISSING),
    (
        400,
        {"object": "error", "message": "GLM-5.2 is not a multimodal model", "code": 400},
        Kind.MODEL_MISSING,
    ),
    (
        400,
        {"error": "Model does not support images. Please use a model that does."},
        Kind.MODEL_MISSING,
    ),
    (429, _litellm("slow down", "throttling_error"), Kind.RATE_LIMIT),
    (402, {"error": {"message": "Insufficient credits", "code": 402}}, Kind.QUOTA),
    (400, {"error": {"message": "what is this"}}, Kind.BAD_REQUEST),
    (405, {"detail": "Method Not Allowed"}, Kind.BAD_REQUEST),
]


@pytest.mark.parametrize(("status", "body", "kind"), ERRORS)
async def test_errors(
    sim: Simulator, made: VendorProvider, status: int, body: Any, kind: Kind
) -> None:
    """What servers say is read by its words, since they do not agree on numbers."""
    sim.fail("openai", "status", status=status, body=body)
    err = await failure(made)
    assert (err.kind, err.status, err.adapted, err.model) == (kind, status, False, EYES)
    assert len(sim.requests("openai")) == 1


async def test_auto(sim: Simulator, build: Build) -> None:
    """The first model listed that seems to see is taken, and never one that embeds."""
    names = ("text-embedding-3", "plain", EYES, "qwen2.5vl:7b")
    sim.set_models("openai", [Model(id=name) for name in names])
    made = build("openai", kind=COMPATIBLE, local=True)
    await made.describe(QUESTION)
    assert made.model == EYES
    asked = [(record.endpoint, record.model) for record in sim.requests("openai")]
    assert asked == [("models", None), ("describe", EYES)]


async def test_auto_goes_on(sim: Simulator, build: Build) -> None:
    """A model that cannot see after all is replaced by the next, until none is left."""
    sim.set_models("openai", [Model(id=EYES, vision=False), Model(id="plain", vision=False)])
    made = build("openai", kind=COMPATIBLE, local=True)
    for model, more in ((EYES, True), ("plain", False)):
        err = await failure(made)
        assert (err.kind, err.model, err.adapted) == (Kind.MODEL_MISSING, model, more)
    assert (await failure(made)).kind is Kind.MODEL_MISSING
    assert sim.requests("openai")[-1].endpoint == "models"


@pytest.mark.parametrize("names", [(), ("text-embedding-3", "whisper-1", "bge-reranker-v2")])
async def test_nothing_to_choose_from(sim: Simulator, build: Build, names: tuple[str, ...]) -> None:
    """Without a model that chats there is none to ask for."""
    sim.set_models("openai", [Model(id=name) for name in names])
    made = build("openai", kind=COMPATIBLE, local=True)
    err = await failure(made)
    assert (err.kind, err.adapted) == (Kind.MODEL_MISSING, False)
    with pytest.raises(ProviderError) as caught:
        await made.check()
    assert caught.value.kind is Kind.MODEL_MISSING
    assert {record.endpoint for record in sim.requests("openai")} == {"models"}


@pytest.mark.parametrize(
    ("fault", "kind"),
    [("server_error", Kind.SERVER), ("auth", Kind.AUTH), ("hang", Kind.TIMEOUT)],
)
async def test_a_list_that_does_not_come(
    sim: Simulator, build: Build, monkeypatch: pytest.MonkeyPatch, fault: FaultKind, kind: Kind
) -> None:
    """What kept us from the list is what went wrong; no model is guessed."""
    monkeypatch.setattr(base, "_LIST_SECONDS", 0.5)
    sim.fail("openai", fault, endpoint="models")
    made = build("openai", kind=COMPATIBLE, local=True)
    assert (await failure(made)).kind is kind
    assert [record.endpoint for record in sim.requests("openai")] == ["models"]


async def test_a_server_that_is_off(socket_enabled: None) -> None:
    """It is the network, so the chain may try again at once."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        made = await _one(f"http://127.0.0.1:{taken.getsockname()[1]}/v1")
        err = await failure(made)
        await made.close()
    assert (err.kind, err.sent) == (Kind.NETWORK, False)


@pytest.mark.parametrize(
    ("spec", "model", "known"),
    [
        # A machine of one's own sends no bill, whatever its model is called.
        ({"local": True, "base_url": "http://ollama:11434/v1"}, "gpt-4o-mini", 0.0),
        ({"base_url": "https://openrouter.ai/api/v1"}, "openai/gpt-4o-mini", 0.00021),
        ({"base_url": "https://openrouter.ai/api/v1"}, "nobody/knows-this", None),
        ({"base_url": "https://llm.example/v1"}, "gpt-4o-mini", None),
    ],
)
async def test_what_it_costs(spec: dict[str, Any], model: str, known: float | None) -> None:
    """Whose prices count is told by the address, not by the name of a model."""
    made = registry.build(Spec(**{"id": "", "kind": COMPATIBLE, "api_key": "", **spec}), SSL)
    assert made.cost(model, Usage(1000, 100)) == pytest.approx(known)
    await made.close()
