"""The first start of a Home Assistant, done over the real onboarding API.

The step `core_config` is marked done beforehand (see `config.py`): finishing it over the
API makes Home Assistant set up met, google_translate and radio_browser, whose libraries
are not here. What its form would have set is set with the WebSocket command that the
form uses.
"""

from dataclasses import dataclass
from typing import Any

import aiohttp

from tests.harness.client import HassClient, HassError

USERNAME = "demo"
PASSWORD = "eyewitness-demo"
_NAME = "Demo"

_HOME = {
    "location_name": "Home",
    "latitude": 52.3731,
    "longitude": 4.8926,
    "elevation": 0,
    "unit_system": "metric",
    "time_zone": "Europe/Amsterdam",
    "currency": "EUR",
    "country": "NL",
    "language": "en",
}


@dataclass(frozen=True)
class Login:
    """What a person or a script needs to get in."""

    username: str
    password: str
    token: str


async def onboard(base_url: str) -> Login:
    """Create the owner, confirm the HTTP settings and finish the onboarding."""
    client_id = f"{base_url}/"
    async with aiohttp.ClientSession(
        base_url=base_url, timeout=aiohttp.ClientTimeout(total=60)
    ) as session:
        created = await _post(
            session,
            "/api/onboarding/users",
            json={
                "name": _NAME,
                "username": USERNAME,
                "password": PASSWORD,
                "client_id": client_id,
                "language": "en",
            },
        )
        tokens = await _post(
            session,
            "/auth/token",
            data={
                "grant_type": "authorization_code",
                "code": created["auth_code"],
                "client_id": client_id,
            },
        )
    async with HassClient(base_url, tokens["access_token"]) as client:
        await client.ws("config/core/update", **_HOME)
        await client.post("/api/onboarding/analytics")
        await client.post(
            "/api/onboarding/integration",
            {"client_id": client_id, "redirect_uri": client_id},
        )
        await client.ws("http/config/promote")
        await _ignore_yaml_notice(client)
        token = await client.ws("auth/long_lived_access_token", client_name="harness", lifespan=30)
    return Login(USERNAME, PASSWORD, token)


async def _ignore_yaml_notice(client: HassClient) -> None:
    """Put away the repair that says `http:` in YAML is deprecated.

    The address has to be in YAML before the first start: nothing else tells Home
    Assistant to listen on the loopback interface only. Later starts no longer have it.
    """
    listed = await client.ws("repairs/list_issues")
    for issue in listed["issues"]:
        if issue["domain"] == "http" and issue["issue_id"] == "deprecated_yaml":
            await client.ws(
                "repairs/ignore_issue",
                domain="http",
                issue_id=issue["issue_id"],
                ignore=True,
            )


async def _post(session: aiohttp.ClientSession, path: str, **body: Any) -> dict[str, Any]:
    async with session.post(path, **body) as response:
        if response.status >= 400:
            raise HassError(str(response.status), (await response.text())[:500], {})
        answer: dict[str, Any] = await response.json()
        return answer
