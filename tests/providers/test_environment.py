"""Environment variables that are meant for other programs change nothing here.

Each SDK's source was searched for what it reads; what belongs to other clouds' clients, which
nobody here builds, is left out.
"""

import gc

import pytest

from tests.simulator import Simulator, Vendor

from .conftest import Build
from .kit import QUESTION

ELSEWHERE = "http://127.0.0.1:9"
OTHER_KEY = "key-of-another-program"
HEADERS = f"Authorization: Bearer {OTHER_KEY}\nX-Api-Key: {OTHER_KEY}\nX-Spy: yes\nCookie: a=b"

VARIABLES = {
    # openai/_client.py
    "OPENAI_API_KEY": OTHER_KEY,
    "OPENAI_ADMIN_KEY": OTHER_KEY,
    "OPENAI_BASE_URL": ELSEWHERE,
    "OPENAI_ORG_ID": "org-of-another-program",
    "OPENAI_PROJECT_ID": "project-of-another-program",
    "OPENAI_CUSTOM_HEADERS": HEADERS,
    "OPENAI_WEBHOOK_SECRET": OTHER_KEY,
    # openai/__init__.py
    "OPENAI_API_TYPE": "azure",
    "OPENAI_API_VERSION": "2024-01-01",
    "AZURE_OPENAI_ENDPOINT": ELSEWHERE,
    "XAI_API_KEY": OTHER_KEY,
    # anthropic/_client.py and anthropic/lib/credentials
    "ANTHROPIC_API_KEY": OTHER_KEY,
    "ANTHROPIC_AUTH_TOKEN": OTHER_KEY,
    "ANTHROPIC_BASE_URL": ELSEWHERE,
    "ANTHROPIC_CUSTOM_HEADERS": HEADERS,
    "ANTHROPIC_PROFILE": "another-program",
    "ANTHROPIC_CONFIG_DIR": "/nowhere",
    # google/genai/_api_client.py, _base_url.py and client.py
    "GOOGLE_API_KEY": OTHER_KEY,
    "GEMINI_API_KEY": OTHER_KEY,
    "GOOGLE_GEMINI_BASE_URL": ELSEWHERE,
    "GOOGLE_VERTEX_BASE_URL": ELSEWHERE,
    "GOOGLE_GENAI_USE_VERTEXAI": "true",
    "GOOGLE_GENAI_USE_ENTERPRISE": "true",
    "GOOGLE_CLOUD_PROJECT": "another-program",
    "GOOGLE_CLOUD_LOCATION": "nowhere",
    "GOOGLE_GENAI_CLIENT_MODE": "replay",
    "GOOGLE_GENAI_REPLAYS_DIRECTORY": "/nowhere",
    "GOOGLE_GENAI_REPLAY_ID": "another-program",
    # httpx and httpx2
    "HTTP_PROXY": ELSEWHERE,
    "HTTPS_PROXY": ELSEWHERE,
    "ALL_PROXY": ELSEWHERE,
    "http_proxy": ELSEWHERE,
    "https_proxy": ELSEWHERE,
    "all_proxy": ELSEWHERE,
    "NETRC": "/nowhere",
    "SSL_CERT_FILE": "/nowhere",
    "SSL_CERT_DIR": "/nowhere",
}


async def test_the_environment_changes_nothing(
    sim: Simulator, build: Build, vendor: Vendor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With all of these set the same two requests go to the same place, with our key alone."""
    plain = build(vendor)
    await plain.check()
    await plain.describe(QUESTION)
    expected = [(r.path, r.headers, r.body) for r in sim.requests(vendor)]
    sim.clear_requests()
    for name, value in VARIABLES.items():
        monkeypatch.setenv(name, value)
    made = build(vendor)
    await made.check()
    await made.describe(QUESTION)
    assert [(r.path, r.headers, r.body) for r in sim.requests(vendor)] == expected
    assert all(r.key == "ok" and r.status == 200 for r in sim.requests(vendor))
    assert OTHER_KEY not in str(sim.requests(vendor))


async def test_each_variable_alone(
    sim: Simulator, build: Build, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One variable may do what all together hide."""
    for name, value in VARIABLES.items():
        with monkeypatch.context() as patch:
            patch.setenv(name, value)
            for vendor in ("openai", "gemini", "anthropic"):
                await build(vendor).describe(QUESTION)
                assert sim.requests(vendor)[-1].key == "ok", name
                assert "x-spy" not in {key.lower() for key in sim.requests(vendor)[-1].headers}
    gc.collect()
