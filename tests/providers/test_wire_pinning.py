"""Where an address that somebody typed in may lead, and that nothing else is reached."""

import _socket
import asyncio
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
import socket
import ssl
import time
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID
import httpx
import httpx2
import pytest
import pytest_socket

from custom_components.eyewitness.chain import policy
from custom_components.eyewitness.chain.failures import Failure, ProviderError
from custom_components.eyewitness.providers.wire.client import client_options
from custom_components.eyewitness.providers.wire.pinning import (
    AddressPin,
    Reach,
    RefusedAddressError,
    is_allowed,
)

from .kit import SSL, TASK, SimVendor, error_of, only, serve

PUBLIC = ("1.1.1.1", "8.8.8.8", "2606:4700::1111", "64:ff9b::808:808", "::ffff:8.8.8.8")
RELAYED = ("2002:808:808::", "2002:808:808::%1", "2001:0:808:808::f7f7:f7f7")
"""Not global itself, but what is sent there comes out at a global address."""
HOME = (
    *("127.0.0.1", "127.8.9.1", "::1", "::ffff:127.0.0.1", "64:ff9b::7f00:1"),
    *("10.0.0.1", "172.16.0.1", "192.168.1.1", "fd00::1", "::ffff:192.168.1.1", "64:ff9b::a00:1"),
    *("100.64.0.1", "192.0.2.1", "2001:db8::1", "2002:7f00:1::", *RELAYED),
    "fec0::1",  # site-local, which Python takes for global
)
NOWHERE = (
    *("169.254.169.254", "::ffff:169.254.169.254", "64:ff9b::a9fe:a9fe", "2002:a9fe:a9fe::"),
    *("fe80::1", "fe80::1%1", "224.0.0.1", "ff02::1", "239.1.1.1", "::ffff:224.0.0.1"),
    *("0.0.0.0", "::", "::ffff:0.0.0.0", "240.0.0.1", "255.255.255.255", "64:ff9b::e000:1"),
    *("::a9fe:a9fe", "64:ff9b:1::a9fe:a9fe", "4000::1"),
)
METADATA = (
    *("100.100.100.200", "168.63.129.16", "192.0.0.192", "fd00:ec2::254", "fd20:ce::254"),
    *("::ffff:100.100.100.200", "64:ff9b::6464:64c8", "2002:6464:64c8::", "fd00:ec2::23"),
    *("64:ff9b::a83f:8110", "2002:a83f:8110::1", "::ffff:192.0.0.192", "64:ff9b::c000:c0"),
    *("fd00:ec2::254%1", "fd00:ec2::254%251", "fd20:ce::254%eth0"),
)
"""Where clouds keep their secrets, besides the link-local addresses."""


@pytest.mark.parametrize("text", [*PUBLIC, *HOME, *NOWHERE, *METADATA])
def test_addresses(text: str) -> None:
    """The internet is for all, the house for those who were let in, the rest for nobody.

    What is not encrypted stays in the house.
    """
    address = ip_address(text)
    assert is_allowed(address, Reach.PUBLIC, encrypted=True) is (text in PUBLIC)
    assert not is_allowed(address, Reach.PUBLIC, encrypted=False)
    nowhere = (*NOWHERE, *METADATA)
    assert is_allowed(address, Reach.LOCAL, encrypted=True) is (text not in nowhere)
    home = text in HOME and text not in RELAYED
    assert is_allowed(address, Reach.LOCAL, encrypted=False) is home
    assert is_allowed(address, Reach.VENDOR, encrypted=True)


@dataclass
class _Resolver:
    """Another resolver: its answers come one after the other, and the last one stays."""

    answers: list[list[str]] = field(default_factory=list)
    hosts: list[str] = field(default_factory=list)
    """The names that were looked up."""

    async def getaddrinfo(self, host: str, *args: object, **options: object) -> list[Any]:
        """Return the next answer; without one no name is known."""
        self.hosts.append(host)
        if not self.answers:
            raise socket.gaierror(socket.EAI_NONAME, host)
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        return [(0, 0, 0, "", (address, 0)) for address in answer]


@pytest.fixture
def resolver(monkeypatch: pytest.MonkeyPatch) -> _Resolver:
    """Put another resolver in place."""
    found = _Resolver()
    # A bound method stays what it is, although it becomes an attribute of a class.
    monkeypatch.setattr(asyncio.BaseEventLoop, "getaddrinfo", found.getaddrinfo)
    return found


both_libraries = pytest.mark.parametrize("library", [httpx, httpx2])
"""SDKs sit on either of the two."""


async def _pin(reach: Reach, url: str) -> httpx.Request:
    request = httpx.Request("GET", url)
    await AddressPin(reach).apply(request)
    return request


async def _get(library: Any, tls: ssl.SSLContext, url: str) -> Any:
    options = client_options(tls, {}, Reach.LOCAL, limits=library.Limits)
    async with library.AsyncClient(**options) as client:
        return await client.get(url)


@pytest.mark.parametrize(
    ("reach", "url"),
    [
        (Reach.PUBLIC, "http://1.1.1.1/v1"),
        *((Reach.PUBLIC, f"https://{host}/v1") for host in ("192.168.1.1", "[::1]", "localhost")),
        (Reach.LOCAL, "http://169.254.169.254/latest"),
        (Reach.LOCAL, "ftp://192.168.1.1/v1"),
        *((Reach.LOCAL, f"http://{host}/v1") for host in ("1.1.1.1", "[2606:4700::1111]")),
        *((Reach.LOCAL, f"https://{host}/v1") for host in ("100.100.100.200", "168.63.129.16")),
        *(
            (reach, f"https://{rest}")
            for reach in (Reach.PUBLIC, Reach.LOCAL)
            for rest in ("me@1.1.1.1/v1", "me:word@1.1.1.1/v1", "1.1.1.1/v1#part")
        ),
    ],
)
async def test_refused(reach: Reach, url: str) -> None:
    """What may not be asked is refused before anything is sent."""
    err = await error_of(_pin(reach, url))
    assert isinstance(err, RefusedAddressError)
    assert (err.failure, err.sent) == (Failure.NETWORK, False)


@pytest.mark.parametrize("host", ["127.1", "2130706433", "0x7f000001", "017700000001"])
async def test_addresses_in_disguise(host: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the system takes for an address is one."""
    monkeypatch.setattr(socket, "getaddrinfo", _socket.getaddrinfo)
    with pytest.raises(RefusedAddressError):
        await _pin(Reach.PUBLIC, f"https://{host}/v1")


@pytest.mark.parametrize(
    ("answers", "error"),
    [
        ([["1.1.1.1", "192.168.1.1"]], RefusedAddressError),  # one bad address is enough
        ([[]], RefusedAddressError),
        ([["what is this"]], ProviderError),
        ([], ProviderError),
    ],
    ids=["two-faced", "empty", "strange", "unknown"],
)
async def test_a_name_that_leads_nowhere(
    resolver: _Resolver, answers: list[list[str]], error: type[ProviderError]
) -> None:
    """It is the network's fault, and nothing was sent; an address that may not be is refused."""
    resolver.answers = answers
    err = await error_of(_pin(Reach.PUBLIC, "https://name.example/v1"))
    assert type(err) is error
    assert (err.failure, err.sent) == (Failure.NETWORK, False)


async def test_a_name_that_takes_long(monkeypatch: pytest.MonkeyPatch) -> None:
    """Resolving stops nobody else, and is part of the time to connect."""

    def slow(*args: object, **options: object) -> list[Any]:
        time.sleep(0.6)
        return [(0, 0, 0, "", ("1.1.1.1", 0))]

    monkeypatch.setattr(socket, "getaddrinfo", slow)
    request = httpx.Request("GET", "https://slow.example/v1")
    started = time.monotonic()
    pinned = asyncio.create_task(AddressPin(Reach.PUBLIC).apply(request))
    await asyncio.sleep(0.01)
    assert time.monotonic() - started < 0.5
    assert policy.CONNECT_SECONDS - 4 < await pinned < policy.CONNECT_SECONDS - 0.5
    monkeypatch.setattr(policy, "CONNECT_SECONDS", 0.1)
    err = await error_of(_pin(Reach.PUBLIC, "https://slow.example/v1"))
    assert (err.failure, err.sent) == (Failure.NETWORK, False)


async def test_vendors_are_left_alone() -> None:
    """Their own hosts are resolved where they always were."""
    request = await _pin(Reach.VENDOR, "https://api.openai.com/v1")
    assert request.url.host == "api.openai.com"
    assert "sni_hostname" not in request.extensions


@pytest.mark.parametrize("answer", [["8.8.8.8"], ["64:ff9b::808:808", "1.1.1.1"]])
async def test_a_name_of_the_house_that_leads_outside(
    resolver: _Resolver, answer: list[str]
) -> None:
    """Without encryption, key and picture do not go there; with it they may."""
    resolver.answers = [answer]
    assert isinstance(await error_of(_pin(Reach.LOCAL, "http://nas.lan/v1")), RefusedAddressError)
    await _pin(Reach.LOCAL, "https://nas.lan/v1")


async def test_a_name_with_a_private_and_a_global_address(resolver: _Resolver) -> None:
    """Many a router gives both; without encryption only the private one is used."""
    resolver.answers = [["2606:4700::1111", "fd00::5"]]
    assert (await _pin(Reach.LOCAL, "http://nas.lan/v1")).url.host == "fd00::5"


@only("openai")
async def test_a_name_that_leads_home(vendor: SimVendor, resolver: _Resolver) -> None:
    """Under PUBLIC it is refused, through the whole SDK, and the server sees nobody."""
    resolver.answers = [["127.0.0.1"]]
    url = vendor.url.replace("http://127.0.0.1", "https://innocent.example")
    provider = vendor.provider(kind="openai_compatible", base_url=url, model="mine")
    for call in (provider.check(), provider.generate(TASK)):
        assert isinstance(await error_of(call), RefusedAddressError)
    assert vendor.requests() == []


async def test_each_sdk_passes_the_refusal_on(vendor: SimVendor) -> None:
    """So the flows can tell it from a network that is down."""
    err = await vendor.error(base_url="http://169.254.169.254", model="mine")
    assert isinstance(err, RefusedAddressError)


@both_libraries
async def test_rebinding(library: Any, socket_enabled: None, resolver: _Resolver) -> None:
    """A name that means something else the second time leads to what was checked the first time."""
    resolver.answers = [["127.0.0.1"], ["127.0.0.2"]]
    async with serve() as server:
        reply = await _get(library, SSL, f"http://rebound.example:{server.port}/v1")
        assert reply.status_code == 200
        ((_, headers, _),) = server.requests
        assert headers["Host"] == f"rebound.example:{server.port}"
    # One look, and none by the library that connects.
    assert resolver.hosts == ["rebound.example"]


async def test_rebinding_to_the_house(resolver: _Resolver) -> None:
    """First public, then private: what is connected to is the public one."""
    resolver.answers = [["1.1.1.1"], ["192.168.1.1"]]
    pin = AddressPin(Reach.PUBLIC)
    request = httpx.Request("GET", "https://rebound.example/v1")
    await pin.apply(request)
    assert (request.url.host, resolver.hosts) == ("1.1.1.1", ["rebound.example"])
    assert request.headers["host"] == "rebound.example"
    with pytest.raises(RefusedAddressError):
        await pin.apply(httpx.Request("GET", "https://rebound.example/v1"))


@both_libraries
async def test_the_next_try_takes_the_other_address(
    library: Any, socket_enabled: None, resolver: _Resolver
) -> None:
    """Where one of two addresses is dead the other one is next, and stays (row 32)."""
    pytest_socket.socket_allow_hosts(["127.0.0.1", "127.0.0.2"])
    resolver.answers = [["127.0.0.2", "127.0.0.1"]]
    async with serve() as server:
        url = f"http://two.example:{server.port}/v1"
        options = client_options(SSL, {}, Reach.LOCAL, limits=library.Limits)
        async with library.AsyncClient(**options) as client:
            with pytest.raises(library.ConnectError):
                await client.get(url)
            for _ in range(3):
                assert (await client.get(url)).status_code == 200
        assert len(server.requests) == 3


@both_libraries
async def test_a_kept_connection_leads_where_the_name_leads(
    library: Any, socket_enabled: None, resolver: _Resolver
) -> None:
    """A server that has moved, or may not be asked any more, gets nothing over an old one."""
    pytest_socket.socket_allow_hosts(["127.0.0.1", "127.0.0.2"])
    resolver.answers = [["127.0.0.1"], ["127.0.0.2"], ["169.254.169.254"]]
    async with serve() as server:
        url = f"http://moved.example:{server.port}/v1"
        options = client_options(SSL, {}, Reach.LOCAL, limits=library.Limits)
        async with library.AsyncClient(**options) as client:
            await client.get(url)
            with pytest.raises(library.ConnectError):
                await client.get(url)
            with pytest.raises(RefusedAddressError):
                await client.get(url)
    assert len(server.requests) == 1


@pytest.mark.parametrize(
    ("answer", "url"),
    [(["::1", "127.0.0.1"], "http://127.0.0.1:1/v1"), (["::1"], "http://[::1]:1/v1")],
)
async def test_ipv4_comes_first(resolver: _Resolver, answer: list[str], url: str) -> None:
    """Ollama listens on 127.0.0.1 alone, and localhost means ::1 first."""
    resolver.answers = [answer]
    assert str((await _pin(Reach.LOCAL, "http://localhost:1/v1")).url) == url


def _tls(name: str, file: Path) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """Return what a server of this name shows, and what trusts its certificate and no other."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .sign(key, hashes.SHA256())
        .public_bytes(Encoding.PEM)
    )
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    file.write_bytes(private + certificate)
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(file)
    return server, ssl.create_default_context(cadata=certificate.decode("ascii"))


@both_libraries
async def test_tls_goes_by_the_name(
    library: Any, socket_enabled: None, tmp_path: Path, resolver: _Resolver
) -> None:
    """The certificate must be that of the name, though the connection goes to an address."""
    resolver.answers = [["127.0.0.1"]]
    server_tls, trusting = _tls("right.example", tmp_path / "server.pem")
    names: list[str | None] = []
    server_tls.sni_callback = lambda _socket, name, _context: names.append(name)
    async with serve(server_tls) as server:
        right, wrong = (f"https://{name}.example:{server.port}/v1" for name in ("right", "wrong"))
        assert (await _get(library, trusting, right)).status_code == 200
        for tls, url in ((trusting, wrong), (SSL, right)):
            with pytest.raises(library.ConnectError, match="CERTIFICATE_VERIFY_FAILED"):
                await _get(library, tls, url)
        ((_, headers, _),) = server.requests
        assert headers["Host"] == f"right.example:{server.port}"
    assert names == ["right.example", "wrong.example", "right.example"]
