"""The first start of a Home Assistant, done over the real onboarding API.

The step `core_config` is marked done beforehand (see `config.py`): finishing it over the API makes
Home Assistant set up met, google_translate and radio_browser, whose libraries are not here. What
its form would have set stands in `configuration.yaml`.
"""

from typing import Any

import aiohttp

from tests.harness.client import HassClient, HassError

USERNAME = "demo"
PASSWORD = "eyewitness-demo"


async def onboard(base_url: str) -> str:
    """Create the owner, confirm the HTTP settings, finish the onboarding; return a token."""
    client_id = f"{base_url}/"
    owner = {"name": "Demo", "username": USERNAME, "password": PASSWORD, "language": "en"}
    async with aiohttp.ClientSession(
        base_url=base_url, timeout=aiohttp.ClientTimeout(total=60)
    ) as session:
        created = await _post(
            session, "/api/onboarding/users", json=owner | {"client_id": client_id}
        )
        grant = {"grant_type": "authorization_code", "code": created["auth_code"]}
        tokens = await _post(session, "/auth/token", data=grant | {"client_id": client_id})
    async with HassClient(base_url, tokens["access_token"]) as client:
        await client.post("/api/onboarding/analytics")
        ids = {"client_id": client_id, "redirect_uri": client_id}
        await client.post("/api/onboarding/integration", ids)
        await client.ws("http/config/promote")
        await _ignore_yaml_notice(client)
        token: str = await client.ws(
            "auth/long_lived_access_token", client_name="harness", lifespan=30
        )
    return token


async def _ignore_yaml_notice(client: HassClient) -> None:
    """Put away the repair that says `http:` in YAML is deprecated.

    The address has to be in YAML before the first start: nothing else tells Home
    Assistant to listen on the loopback interface only. Later starts no longer have it.
    """
    issue = {"domain": "http", "issue_id": "deprecated_yaml"}
    for listed in (await client.ws("repairs/list_issues"))["issues"]:
        if issue.items() <= listed.items():
            await client.ws("repairs/ignore_issue", **issue, ignore=True)


async def _post(session: aiohttp.ClientSession, path: str, **body: Any) -> dict[str, Any]:
    async with session.post(path, **body) as response:
        if response.status >= 400:
            raise HassError(str(response.status), (await response.text())[:500], {})
        answer: dict[str, Any] = await response.json()
        return answer
