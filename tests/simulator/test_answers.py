"""Good requests are answered with the truth, in each vendor's shape."""

import json

import pytest

from . import VENDORS, Simulator, Vendor
from .answers import INVENTED
from .conftest import Send, answer
from .samples import MODELS, SCHEMA, describe_sample, list_sample

_CUT = {"gemini": "MAX_TOKENS", "anthropic": "max_tokens"}


@pytest.mark.parametrize(
    ("vendor", "finish", "tokens"),
    [
        ("openai", "stop", 1104),
        ("grok", "stop", 1792),
        ("gemini", "STOP", 1100),
        ("anthropic", "end_turn", 1273),
    ],
)
async def test_a_picture_is_described(send: Send, vendor: Vendor, finish: str, tokens: int) -> None:
    """The answer follows the schema, is true, and has plausible usage."""
    found = await answer(await send(describe_sample(vendor)), vendor)
    reading = json.loads(found.text or "")
    assert set(reading) == set(SCHEMA["properties"])
    assert "1280x720" in reading["description"]
    assert (reading["title"], reading["objects"]) == ("Mostly dark blue", ["other"])
    assert 0 <= reading["confidence"] <= 100
    assert reading["importance"] in ("low", "normal", "high")
    assert (found.finish, found.model) == (finish, MODELS[vendor])
    assert tokens < found.asked < tokens + 300
    assert 20 < found.written < 100


@pytest.mark.parametrize("vendor", VENDORS)
async def test_plain_text(send: Send, vendor: Vendor) -> None:
    """Without a schema the answer is prose."""
    found = await answer(await send(describe_sample(vendor, schema=None)), vendor)
    assert found.text == "A 1280 by 720 picture (1280x720), mostly dark blue."


@pytest.mark.parametrize("vendor", VENDORS)
async def test_model_lists(send: Send, sim: Simulator, vendor: Vendor) -> None:
    """Every list shows what is offered, and nothing that is retired, on pages where there are."""
    sample = list_sample(vendor)
    path = sample.path
    sample.path += {"gemini": "?pageSize=2", "anthropic": "?limit=2"}.get(vendor, "")
    first = await (await send(sample)).json()
    found = first.get("models", []) + first.get("data", [])
    if vendor == "gemini":
        sample.path = f"{path}?pageToken={first['nextPageToken']}"
        found += (await (await send(sample)).json())["models"]
        assert found[-1]["supportedGenerationMethods"] == ["embedContent"]
    elif vendor == "anthropic":
        assert first["has_more"]
        sample.path = f"{path}?after_id={first['last_id']}"
        found += (await (await send(sample)).json())["data"]
    names = [model["name"] if vendor == "gemini" else model["id"] for model in found]
    offered = [model.id for model in sim.models(vendor) if model.offered]
    assert names == [f"models/{name}" if vendor == "gemini" else name for name in offered]
    assert len(offered) < len(sim.models(vendor)) or vendor == "openai"


@pytest.mark.parametrize("vendor", ["openai", "gemini", "anthropic"])
async def test_thinking_uses_up_the_cap(send: Send, vendor: Vendor) -> None:
    """A model that thinks and has a small cap answers with no text at all."""
    sample = describe_sample(vendor)
    if vendor == "gemini":
        sample.body["generationConfig"]["thinkingConfig"] = {"thinkingLevel": "HIGH"}
    else:
        del sample.body["thinking" if vendor == "anthropic" else "reasoning_effort"]
    found = await answer(await send(sample), vendor)
    assert not found.text
    assert (found.finish, found.written) == (_CUT.get(vendor, "length"), 300)


async def test_thinking_comes_first(send: Send) -> None:
    """With room enough the first block is thinking and the second the answer."""
    sample = describe_sample("anthropic")
    sample.body |= {"max_tokens": 3000, "thinking": {"type": "adaptive"}}
    body = await (await send(sample)).json()
    assert [block["type"] for block in body["content"]] == ["thinking", "text"]


async def test_a_text_that_is_cut_off(send: Send, sim: Simulator) -> None:
    """Without words of the test's own it is the truth that is cut."""
    sim.fail("openai", "length")
    text = (await answer(await send(describe_sample("openai")), "openai")).text or ""
    assert text.startswith('{"title": "Mostly dark blue", "description": "A 1280')
    assert not text.endswith("}")


async def test_model_words_wait_for_a_good_request(send: Send, sim: Simulator) -> None:
    """A request that is refused does not use up the words."""
    sim.fail("openai", "answer", text="hello")
    bad = describe_sample("openai")
    bad.body["surprise"] = 1
    assert (await send(bad)).status == 400
    assert (await answer(await send(describe_sample("openai")), "openai")).text == "hello"


@pytest.mark.parametrize("vendor", VENDORS)
async def test_a_model_that_does_not_look(send: Send, sim: Simulator, vendor: Vendor) -> None:
    """It says the same about every picture, in the form that was asked for."""
    sim.fail(vendor, "blind", count=2)
    found = json.loads((await answer(await send(describe_sample(vendor)), vendor)).text or "")
    assert (found["title"], found["description"]) == ("A quiet street", INVENTED)
    plain = await answer(await send(describe_sample(vendor, schema=None)), vendor)
    assert plain.text == INVENTED
