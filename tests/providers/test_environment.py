"""Environment variables that are meant for other programs change nothing here.

Each SDK's source was searched for what it reads; what belongs to other clouds' clients, which
nobody here builds, is left out.
"""

import gc

import pytest

from .kit import TASK, SimVendor, only

ELSEWHERE = "http://127.0.0.1:9"
OTHER_KEY = "key-of-another-program"
HEADERS = f"Authorization: Bearer {OTHER_KEY}\nX-Api-Key: {OTHER_KEY}\nX-Spy: yes\nCookie: a=b"

VARIABLES = {
    # openai/_client.py and openai/__init__.py
    **dict.fromkeys(("OPENAI_API_KEY", "OPENAI_ADMIN_KEY", "OPENAI_WEBHOOK_SECRET"), OTHER_KEY),
    **dict.fromkeys(("OPENAI_BASE_URL", "AZURE_OPENAI_ENDPOINT"), ELSEWHERE),
    **dict.fromkeys(("OPENAI_ORG_ID", "OPENAI_PROJECT_ID"), "of-another-program"),
    "OPENAI_CUSTOM_HEADERS": HEADERS,
    "OPENAI_API_TYPE": "azure",
    "OPENAI_API_VERSION": "2024-01-01",
    "XAI_API_KEY": OTHER_KEY,
    # anthropic/_client.py and anthropic/lib/credentials
    **dict.fromkeys(("ANTHROPIC_API_KEY", "ANTHROPIC_AUTH_TOKEN"), OTHER_KEY),
    "ANTHROPIC_BASE_URL": ELSEWHERE,
    "ANTHROPIC_CUSTOM_HEADERS": HEADERS,
    "ANTHROPIC_PROFILE": "another-program",
    "ANTHROPIC_CONFIG_DIR": "/nowhere",
    # google/genai/_api_client.py, _base_url.py and client.py
    **dict.fromkeys(("GOOGLE_API_KEY", "GEMINI_API_KEY"), OTHER_KEY),
    **dict.fromkeys(("GOOGLE_GEMINI_BASE_URL", "GOOGLE_VERTEX_BASE_URL"), ELSEWHERE),
    **dict.fromkeys(("GOOGLE_GENAI_USE_VERTEXAI", "GOOGLE_GENAI_USE_ENTERPRISE"), "true"),
    **dict.fromkeys(("GOOGLE_CLOUD_PROJECT", "GOOGLE_GENAI_REPLAY_ID"), "another-program"),
    **dict.fromkeys(("GOOGLE_CLOUD_LOCATION", "GOOGLE_GENAI_REPLAYS_DIRECTORY"), "/nowhere"),
    "GOOGLE_GENAI_CLIENT_MODE": "replay",
    "GOOGLE_GENAI_API_VERSION": "v9",
    "GOOGLE_GENAI_DEFAULT_HEADERS": HEADERS,
    **dict.fromkeys(("GOOGLE_GENAI_API_KEY", "GOOGLE_GENAI_ACCESS_TOKEN"), OTHER_KEY),
    "GOOGLE_GENAI_HTTP_CLIENT": "aiohttp",
    # httpx and httpx2
    **dict.fromkeys(("http_proxy", "https_proxy", "all_proxy"), ELSEWHERE),
    **dict.fromkeys(("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"), ELSEWHERE),
    **dict.fromkeys(("NETRC", "SSL_CERT_FILE", "SSL_CERT_DIR"), "/nowhere"),
}


async def test_all_variables_at_once(vendor: SimVendor, monkeypatch: pytest.MonkeyPatch) -> None:
    """With all of these set the same two requests go to the same place, with our key alone."""

    async def use() -> list[tuple[object, ...]]:
        vendor.sim.clear_requests()
        provider = vendor.provider()
        await provider.check()
        await provider.generate(TASK)
        assert all((record.key, record.status) == ("ok", 200) for record in vendor.requests())
        return [(record.path, record.headers, record.body) for record in vendor.requests()]

    expected = await use()
    for name, value in VARIABLES.items():
        monkeypatch.setenv(name, value)
    assert await use() == expected
    assert len(expected) == 2
    assert OTHER_KEY not in str(vendor.requests())


@only("openai", "gemini", "anthropic")
async def test_each_variable_alone(vendor: SimVendor, monkeypatch: pytest.MonkeyPatch) -> None:
    """One variable may do what all together hide."""
    for name, value in VARIABLES.items():
        with monkeypatch.context() as patch:
            patch.setenv(name, value)
            await vendor.provider().generate(TASK)
            record = vendor.requests()[-1]
            assert record.key == "ok", name
            assert "x-spy" not in {header.lower() for header in record.headers}
    gc.collect()
