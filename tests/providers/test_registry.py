"""Every kind of provider can be built, and looks the same to the chain."""

from typing import Any

import openai
import pytest

from custom_components.eyewitness.providers import registry
from custom_components.eyewitness.providers.spec import Spec

from .kit import SSL, TASK, SimVendor


@pytest.mark.parametrize(
    ("kind", "address"),
    [
        ("openai", "https://api.openai.com/v1"),
        ("grok", "https://api.x.ai/v1"),
        ("gemini", "https://generativelanguage.googleapis.com"),
        ("anthropic", "https://api.anthropic.com"),
    ],
)
async def test_default_addresses(kind: str, address: str) -> None:
    """AC2: Grok is asked through ``AsyncOpenAI`` at xAI's address; the 30 s are the chain's."""
    provider: Any = registry.build(Spec(id="one", kind=kind, api_key="a-key"), SSL)
    client = provider._client
    url = client._api_client._http_options.base_url if kind == "gemini" else client.base_url
    assert str(url).rstrip("/") == address
    if kind in {"openai", "grok"}:
        assert type(provider).__module__.endswith(f".{kind}")
        assert isinstance(client, openai.AsyncOpenAI)
        assert client.max_retries == 0
        assert client.timeout is None
    await provider.close()


async def test_each_provider_is_the_same_to_the_chain(vendor: SimVendor) -> None:
    """AC1: all four have what ``chain.task.Provider`` names, and say who they are."""
    provider = vendor.provider()
    assert (provider.id, provider.kind, provider.model) == (
        f"id-{vendor.name}",
        vendor.name,
        "auto",
    )
    assert (await provider.generate(TASK)).model == provider.model


@pytest.mark.parametrize(("kind", "message"), [("nobody", "nobody"), ("openai_compatible", r"^$")])
def test_what_cannot_be_built(kind: str, message: str) -> None:
    """An unknown kind, and a server without an address: there is none by default."""
    with pytest.raises(ValueError, match=message):
        registry.build(Spec(id="one", kind=kind, api_key="a-key"), SSL)
