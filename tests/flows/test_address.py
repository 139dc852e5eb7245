"""Decide which addresses a key may be sent to."""

import httpx
import httpx2
from hypothesis import given, settings, strategies as st
import pytest

from custom_components.eyewitness.flows.address import (
    normalize_url,
    same_address,
    url_fault,
)

GOOD = """
    https://api.x.ai/v1 HTTPS://gateway.example/openai/v1/ https://gateway.example:8443
    https://192.168.1.5/v1 http://192.168.1.5:11434/v1 http://10.0.0.2 http://127.0.0.1:8080
    http://localhost:8080 http://[fd00::5]:8080 https://[2001:4860:4860::8888]/
"""
NO_ADDRESS = r"""
    api.x.ai/v1 //api.x.ai/v1 https:// https:///v1 file:///etc/passwd file://host/etc/passwd
    ftp://example.com javascript:alert(1) https://bücher.example https://example.com:99999
    https://example.com:x https://[::1 https://[fe80::1%25eth0] https://example.com/?key=1
    https://example.com/#there https://user:pass@example.com https://user@example.com
    https://:pass@example.com https://@example.com \\host\share https:\\example.com
    https://example.com\@evil.example
"""
NOT_THERE = """
    http://api.x.ai/v1 http://homeassistant.local:8080 http://8.8.8.8 http://224.0.0.1
    http://169.254.169.254/latest https://169.254.169.254 http://[fe80::1]
    http://[::ffff:169.254.169.254] https://[::ffff:169.254.169.254]
    http://0.0.0.0:8080 https://0.0.0.0 http://[::] https://240.0.0.1
    http://100.100.100.200 https://168.63.129.16 http://[fd00:ec2::254] http://192.0.0.192
    http://[64:ff9b::808:808] http://[::ffff:8.8.8.8]
"""
NO_HOST = """
    https://999.1.1.1/ https://256.0.0.1:80 https://01.02.03.04 https://[v1.a]
    https://xn--/ https://xn--a https://xn--zzzzzz99999
"""
"""What looks right, and the library that would be asked to connect refuses."""
UNPRINTABLE = [
    "",
    "https://exa mple.com",
    "https://example.com/\r\nX-Evil: 1",
    "https://example.com/\x00",
]


def test_an_address_has_one_form() -> None:
    """Spaces and a slash at its end are no part of it; nothing is the vendor's own."""
    assert normalize_url(" https://a.example/v1/ ") == "https://a.example/v1"
    assert normalize_url("  ") == ""


@pytest.mark.parametrize("url", GOOD.split())
def test_row_73_where_a_key_may_be_sent(url: str) -> None:
    """Over TLS to anybody that was named, unencrypted only within the house."""
    assert url_fault(url) is None


@pytest.mark.parametrize(
    "url", [*NO_ADDRESS.split(), *NOT_THERE.split(), *NO_HOST.split(), *UNPRINTABLE]
)
def test_row_73_where_a_key_may_not_be_sent(url: str) -> None:
    """Not in the clear through the internet, and not to what is no single place."""
    assert url_fault(url)


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
    found = (not url_fault(url, local=False), not url_fault(url, local=True))
    assert found == (public, local)


def test_what_address_a_stored_key_belongs_to() -> None:
    """Scheme, host, port and path: on a shared host the path tells whose server it is."""
    for url in ("https://a.example/v1", "https://a.example:443/v1/", "https://A.EXAMPLE/v1"):
        assert same_address(url, "https://a.example/v1")
    for url in ("https://b.example/v1", "https://a.example:8443/v1", "http://a.example:443/v1", ""):
        assert not same_address(url, "https://a.example/v1")
    for path in ("", "/V1", "/v1/mallory", "/v1/../mallory", "/mallory/v1", "//v1", "/v1%2f"):
        assert not same_address(f"https://a.example{path}", "https://a.example/v1")
    assert same_address("", "")


HOSTS = st.text(st.sampled_from("0123456789.xn-ab_~%[]:'*\x7f"), max_size=18) | st.from_regex(
    r"(xn--)?[a-z0-9-]{1,9}(\.[a-z0-9]{1,4}){0,4}", fullmatch=True
)


@settings(max_examples=600, deadline=None, derandomize=True)
@given(HOSTS, st.sampled_from([True, False, None]), st.sampled_from(["https", "http"]))
def test_what_is_accepted_can_be_asked(host: str, local: bool | None, scheme: str) -> None:
    """No library refuses what a form has accepted."""
    url = f"{scheme}://{host}/v1"
    if url_fault(url, local=local) is None:
        for library in (httpx, httpx2):
            parsed = library.URL(url)
            parsed.raw_host.decode("ascii")
            library.Request("GET", parsed.join("models"))
