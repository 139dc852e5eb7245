"""Eyewitness as a person uses it: the dialog that adds it, and its action."""

from collections.abc import Mapping
from typing import Any, Protocol

from tests.harness.client import HassClient
from tests.harness.flows import start_config
from tests.simulator import KEYS, VENDORS, Vendor

DOMAIN = "eyewitness"
NAMES: dict[str, str] = {
    "openai": "OpenAI",
    "grok": "xAI Grok",
    "gemini": "Google Gemini",
    "anthropic": "Anthropic Claude",
}
"""What the providers are called until somebody renames them, in their default order."""
ACTION = f"{DOMAIN}.describe_camera_event"
DESCRIBED = f"{DOMAIN}_event_described"
FAILED = f"{DOMAIN}_event_failed"


class Addresses(Protocol):
    """Where the vendors are found."""

    def base(self, vendor: Vendor) -> str:
        """Return the base URL of one vendor."""
        ...


class SetupError(RuntimeError):
    """The dialog did not end with an entry."""


def form(keys: Mapping[Any, str], urls: Addresses | None = None) -> dict[str, Any]:
    """Fill in the first step of the dialog, with the vendors' own addresses or other ones."""
    endpoints = {f"{vendor}_base_url": urls.base(vendor) for vendor in VENDORS} if urls else {}
    return {f"{vendor}_api_key": key for vendor, key in keys.items()} | {"endpoints": endpoints}


def provider_form(urls: Addresses, vendor: Vendor, key: str = "") -> dict[str, Any]:
    """Fill in the form for a provider; one that is changed keeps its key without one."""
    return {"base_url": urls.base(vendor)} | ({"api_key": key} if key else {})


async def add_eyewitness(
    client: HassClient, keys: Mapping[Any, str] | None = None, urls: Addresses | None = None
) -> str:
    """Add the integration by its dialog and return the entry's id."""
    flow = await start_config(client, DOMAIN)
    step = await flow.answer(form(keys or KEYS, urls))
    if step["type"] != "create_entry":
        raise SetupError(f"the dialog answered {step.get('errors') or step}")
    entry_id: str = step["result"]["entry_id"]
    return entry_id


async def describe(client: HassClient, entity_id: str, **fields: Any) -> dict[str, Any]:
    """Run the action and return its response."""
    response: dict[str, Any] = await client.call(
        ACTION, {"entity_id": entity_id, **fields}, response=True
    )
    return response
