"""Config, options and subentry flows, driven as the front end drives them."""

from typing import Any

from tests.harness.client import HassClient

_ENTRIES = "/api/config/config_entries"


class Flow:
    """One running flow and the step it is at."""

    def __init__(self, client: HassClient, base: str, step: dict[str, Any]) -> None:
        self._client = client
        self._base = base
        self.step = step

    @property
    def step_id(self) -> str:
        """Return the id of the step that is shown, or the type that ended the flow."""
        return str(self.step.get("step_id") or self.step["type"])

    @property
    def suggested(self) -> dict[str, Any]:
        """Return what the form shows as already filled in, sections flattened."""
        found: dict[str, Any] = {}
        fields = list(self.step.get("data_schema") or ())
        while fields:
            field = fields.pop()
            fields.extend(field.get("schema", ()) if field.get("expanded") is not None else ())
            value = (field.get("description") or {}).get("suggested_value")
            if value is None:
                value = field.get("default")
            if value is not None:
                found[field["name"]] = value
        return found

    async def answer(self, data: dict[str, Any] | None = None) -> dict[str, Any]:
        """Send the form and move to the next step."""
        self.step = await self._client.post(f"{self._base}/{self.step['flow_id']}", data or {})
        return self.step

    async def choose(self, option: str) -> dict[str, Any]:
        """Click one option of the menu that is shown and move to the next step."""
        return await self.answer({"next_step_id": option})

    async def abandon(self) -> None:
        """Close the dialog."""
        await self._client.request("DELETE", f"{self._base}/{self.step['flow_id']}")


async def start_config(client: HassClient, domain: str) -> Flow:
    """Open the dialog that adds an integration."""
    return await _start(client, "flow", {"handler": domain})


async def start_options(client: HassClient, entry_id: str) -> Flow:
    """Open the options dialog of an entry."""
    return await _start(client, "options/flow", {"handler": entry_id})


async def start_subentry(
    client: HassClient, entry_id: str, kind: str, subentry_id: str | None = None
) -> Flow:
    """Open the dialog that adds a subentry, or reconfigures the one named."""
    body: dict[str, Any] = {"handler": [entry_id, kind]}
    if subentry_id is not None:
        body["subentry_id"] = subentry_id
    return await _start(client, "subentries/flow", body)


async def _start(client: HassClient, kind: str, body: dict[str, Any]) -> Flow:
    base = f"{_ENTRIES}/{kind}"
    return Flow(client, base, await client.post(base, body))


async def entries(client: HassClient, domain: str) -> list[dict[str, Any]]:
    """Return the config entries of one integration."""
    found: list[dict[str, Any]] = await client.ws("config_entries/get", domain=domain)
    return found


async def subentries(client: HassClient, entry_id: str) -> list[dict[str, Any]]:
    """Return the subentries of one entry."""
    found: list[dict[str, Any]] = await client.ws(
        "config_entries/subentries/list", entry_id=entry_id
    )
    return found


async def titles(client: HassClient, entry_id: str) -> dict[str, str]:
    """Return the ids of the subentries by title, in the order in which they were added."""
    found = await subentries(client, entry_id)
    return {item["title"]: item["subentry_id"] for item in found}


async def delete_entry(client: HassClient, entry_id: str) -> None:
    """Take an integration away."""
    await client.request("DELETE", f"{_ENTRIES}/entry/{entry_id}")


async def delete_subentry(client: HassClient, entry_id: str, subentry_id: str) -> None:
    """Take a provider or the rules of a camera away."""
    await client.ws("config_entries/subentries/delete", entry_id=entry_id, subentry_id=subentry_id)


async def reload(client: HassClient, entry_id: str) -> None:
    """Load an entry anew."""
    await client.post(f"{_ENTRIES}/entry/{entry_id}/reload")
