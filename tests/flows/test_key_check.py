"""Check what a person types about a provider."""

from homeassistant.core import HomeAssistant
import pytest

from custom_components.eyewitness.chain.failures import Kind, ProviderError
from custom_components.eyewitness.const import KINDS
from custom_components.eyewitness.flows.address import acceptable
from custom_components.eyewitness.flows.key_check import Found, async_ask, well_formed
from custom_components.eyewitness.providers import registry
from custom_components.eyewitness.providers.spec import Spec
from custom_components.eyewitness.providers.wire.pinning import RefusedAddressError


@pytest.mark.parametrize(
    ("key", "good"),
    [
        ("sim-openai-key", True),
        ("AQ.Ab8_~+/=", True),
        ("", False),
        (" ", False),
        ("two words", False),
        ("tab\tkey", False),
        ("key\r\nX-Evil: 1", False),
        ("key\n", False),
        ("key\x00", False),
        ("schlüssel", False),
        ("key\u200b", False),
        ("key\u00a0", False),
    ],
)
def test_row_72_what_can_be_a_key(key: str, good: bool) -> None:
    """Printable ASCII without spaces, as every vendor gives out."""
    assert well_formed(key) is good


@pytest.mark.parametrize(
    ("url", "good"),
    [
        ("https://api.x.ai/v1", True),
        ("HTTPS://gateway.example/openai/v1/", True),
        ("https://gateway.example:8443", True),
        ("https://192.168.1.5/v1", True),
        ("http://192.168.1.5:11434/v1", True),
        ("http://10.0.0.2", True),
        ("http://127.0.0.1:8080", True),
        ("http://localhost:8080", True),
        ("http://[fd00::5]:8080", True),
        ("https://[2001:4860:4860::8888]/", True),
        ("", False),
        ("api.x.ai/v1", False),
        ("//api.x.ai/v1", False),
        ("https://", False),
        ("https:///v1", False),
        ("file:///etc/passwd", False),
        ("file://host/etc/passwd", False),
        ("ftp://example.com", False),
        ("javascript:alert(1)", False),
        ("http://api.x.ai/v1", False),
        ("http://homeassistant.local:8080", False),
        ("http://8.8.8.8", False),
        ("http://169.254.169.254/latest", False),
        ("https://169.254.169.254", False),
        ("http://[fe80::1]", False),
        ("http://[::ffff:169.254.169.254]", False),
        ("https://[::ffff:169.254.169.254]", False),
        ("http://0.0.0.0:8080", False),
        ("https://0.0.0.0", False),
        ("http://[::]", False),
        ("http://224.0.0.1", False),
        ("https://user:pass@example.com", False),
        ("https://user@example.com", False),
        ("https://:pass@example.com", False),
        ("https://@example.com", False),
        ("\\\\host\\share", False),
        ("https:\\\\example.com", False),
        ("https://example.com\\@evil.example", False),
        ("https://example.com/?key=1", False),
        ("https://example.com/#there", False),
        ("https://exa mple.com", False),
        ("https://example.com/\r\nX-Evil: 1", False),
        ("https://example.com/\x00", False),
        ("https://bücher.example", False),
        ("https://example.com:99999", False),
        ("https://example.com:x", False),
        ("https://[::1", False),
        ("https://[fe80::1%25eth0]", False),
    ],
)
def test_row_73_where_a_key_may_be_sent(url: str, good: bool) -> None:
    """Over TLS to anybody that was named, unencrypted only within the house."""
    assert acceptable(url) is good


@pytest.mark.parametrize(
    ("url", "public", "local"),
    [
        ("https://openrouter.ai/api/v1", True, True),
        ("https://8.8.8.8/v1", True, True),
        ("https://192.168.1.5/v1", False, True),
        ("http://192.168.1.5:11434/v1", False, True),
        ("https://127.0.0.1/v1", False, True),
        ("http://localhost:11434/v1", False, True),
        ("https://localhost/v1", False, True),
        ("http://ollama:11434/v1", False, True),
        ("http://[fd00::5]:11434/v1", False, True),
        ("http://100.64.0.7:11434/v1", False, True),
        ("http://8.8.8.8/v1", False, False),
        ("http://169.254.169.254/v1", False, False),
        ("https://169.254.169.254/v1", False, False),
        ("http://0.0.0.0:11434/v1", False, False),
        ("http://user:pass@192.168.1.5/v1", False, False),
        ("file:///etc/passwd", False, False),
    ],
)
def test_row_73_what_the_local_switch_opens(url: str, public: bool, local: bool) -> None:
    """Off: the internet over TLS. On: the user's own network as well, and plain http in it."""
    assert (acceptable(url, local=False), acceptable(url, local=True)) == (public, local)


class _Failing:
    """Fail to list models."""

    def __init__(self, err: Exception) -> None:
        self.err = err
        self.closed = False

    async def list_models(self) -> list[str]:
        raise self.err

    async def close(self) -> None:
        self.closed = True


@pytest.mark.parametrize(
    ("err", "told"),
    [
        *((ProviderError(kind), None) for kind in (Kind.RATE_LIMIT, Kind.QUOTA, Kind.FORBIDDEN)),
        *(
            (ProviderError(kind), "cannot_connect")
            for kind in (Kind.NETWORK, Kind.TIMEOUT, Kind.SERVER)
        ),
        *(
            (ProviderError(kind), "unexpected_answer")
            for kind in (Kind.MALFORMED, Kind.REDIRECT, Kind.MODEL_MISSING, Kind.UNKNOWN)
        ),
        (ProviderError(Kind.TLS), "not_trusted"),
        (RefusedAddressError(), "address_refused"),
        (TimeoutError(), "cannot_connect"),
    ],
    ids=repr,
)
async def test_what_a_failed_check_means(
    hass: HomeAssistant, monkeypatch: pytest.MonkeyPatch, err: Exception, told: str | None
) -> None:
    """A vendor that knows the key is good enough, whatever else it says; the rest is named."""
    failing = _Failing(err)
    monkeypatch.setattr(registry, "build", lambda *_: failing)
    assert await async_ask(hass, Spec(id="", kind="openai", api_key="k")) == Found(told)
    assert failing.closed


@pytest.mark.parametrize("kind", KINDS)
async def test_a_refused_key_names_the_vendor(
    hass: HomeAssistant, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    """Each vendor has a text of its own."""
    monkeypatch.setattr(registry, "build", lambda *_: _Failing(ProviderError(Kind.AUTH)))
    found = await async_ask(hass, Spec(id="", kind=kind, api_key="k", base_url="https://a.example"))
    assert found.error == f"{kind}_invalid_auth"
