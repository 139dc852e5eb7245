"""Where an address that somebody typed in may lead, and that nothing else is reached."""

import _socket
import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
import socket
import ssl
import time
from typing import Any

from aiohttp import web
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
import httpx
import httpx2
import pytest
import pytest_socket

from custom_components.eyewitness.chain import policy
from custom_components.eyewitness.chain.failures import Kind, ProviderError
from custom_components.eyewitness.providers.spec import Spec
from custom_components.eyewitness.providers.wire.client import client_options
from custom_components.eyewitness.providers.wire.pinning import (
    Gate,
    Reach,
    RefusedAddressError,
    allowed,
)
from tests.providers.conftest import VENDORS
from tests.providers.kit import QUESTION, SSL, check_silent, provider
from tests.simulator import Simulator

type Resolve = Callable[[str], list[str]]

PUBLIC = ("1.1.1.1", "8.8.8.8", "2606:4700::1111", "64:ff9b::808:808", "::ffff:8.8.8.8")
HOME = (
    *("127.0.0.1", "127.8.9.1", "::1", "::ffff:127.0.0.1", "64:ff9b::7f00:1"),
    *("10.0.0.1", "172.16.0.1", "192.168.1.1", "fd00::1", "::ffff:192.168.1.1", "64:ff9b::a00:1"),
    *("100.64.0.1", "192.0.2.1", "2001:db8::1", "2002:7f00:1::", "2002:808:808::"),
)
NOWHERE = (
    *("169.254.169.254", "::ffff:169.254.169.254", "64:ff9b::a9fe:a9fe", "2002:a9fe:a9fe::"),
    *("fe80::1", "fe80::1%1", "224.0.0.1", "ff02::1", "239.1.1.1", "::ffff:224.0.0.1"),
    *("0.0.0.0", "::", "::ffff:0.0.0.0", "240.0.0.1", "255.255.255.255", "64:ff9b::e000:1"),
    *("::a9fe:a9fe", "64:ff9b:1::a9fe:a9fe", "4000::1"),
)


@pytest.mark.parametrize("text", [*PUBLIC, *HOME, *NOWHERE])
def test_addresses(text: str) -> None:
    """The internet is for all, the house for those who were let in, the rest for nobody."""
    address = ip_address(text)
    assert allowed(address, Reach.PUBLIC) is (text in PUBLIC)
    assert allowed(address, Reach.LOCAL) is (text not in NOWHERE)
    assert allowed(address, Reach.VENDOR)


def test_old_site_local_addresses_are_not_public() -> None:
    """Python takes them for global ones."""
    assert not allowed(ip_address("fec0::1"), Reach.PUBLIC)


@pytest.mark.parametrize(
    ("kind", "base_url", "local", "reach"),
    [
        *((kind, "", False, Reach.VENDOR) for kind in VENDORS),
        *((kind, "http://house", False, Reach.LOCAL) for kind in VENDORS),
        ("openai_compatible", "https://there", False, Reach.PUBLIC),
        ("openai_compatible", "https://there", True, Reach.LOCAL),
    ],
)
def test_who_may_go_how_far(kind: str, base_url: str, local: bool, reach: Reach) -> None:
    """An address of one's own is checked; the house is open to who was let in."""
    assert Spec(id="", kind=kind, api_key="", base_url=base_url, local=local).reach is reach


@pytest.fixture
def names(monkeypatch: pytest.MonkeyPatch) -> Callable[[Resolve], list[str]]:
    """Return a function that puts another resolver in place; it returns the names asked for."""

    def put(resolve: Resolve) -> list[str]:
        asked: list[str] = []

        async def getaddrinfo(
            loop: object, host: str, port: object, **options: object
        ) -> list[tuple[Any, ...]]:
            asked.append(host)
            return [(0, 0, 0, "", (each, 0)) for each in resolve(host)]

        monkeypatch.setattr(asyncio.BaseEventLoop, "getaddrinfo", getaddrinfo)
        return asked

    return put


@pytest.fixture(params=[httpx, httpx2], ids=["httpx", "httpx2"])
def library(request: pytest.FixtureRequest) -> Any:
    """Return each of the two libraries that SDKs sit on."""
    return request.param


async def _pin(reach: Reach, url: str) -> httpx.Request:
    request = httpx.Request("GET", url)
    await Gate(reach).pin(request)
    return request


@pytest.mark.parametrize(
    ("reach", "url"),
    [
        (Reach.PUBLIC, "http://1.1.1.1/v1"),
        (Reach.PUBLIC, "https://192.168.1.1/v1"),
        (Reach.PUBLIC, "https://[::1]/v1"),
        (Reach.PUBLIC, "https://localhost/v1"),
        (Reach.LOCAL, "http://169.254.169.254/latest"),
        (Reach.LOCAL, "ftp://192.168.1.1/v1"),
        *((reach, "https://me@1.1.1.1/v1") for reach in (Reach.PUBLIC, Reach.LOCAL)),
        *((reach, "https://me:word@1.1.1.1/v1") for reach in (Reach.PUBLIC, Reach.LOCAL)),
        *((reach, "https://1.1.1.1/v1#part") for reach in (Reach.PUBLIC, Reach.LOCAL)),
    ],
)
async def test_refused(reach: Reach, url: str) -> None:
    """What may not be asked is refused before anything is sent."""
    with pytest.raises(RefusedAddressError) as caught:
        await _pin(reach, url)
    check_silent(caught.value)
    assert (caught.value.kind, caught.value.sent) == (Kind.NETWORK, False)


@pytest.mark.parametrize("host", ["127.1", "2130706433", "0x7f000001", "017700000001"])
async def test_addresses_in_disguise(host: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the system takes for an address is one."""
    monkeypatch.setattr(socket, "getaddrinfo", _socket.getaddrinfo)
    with pytest.raises(RefusedAddressError):
        await _pin(Reach.PUBLIC, f"https://{host}/v1")


async def test_one_bad_address_is_enough(names: Callable[[Resolve], list[str]]) -> None:
    """A name that leads out of the house and into it is refused."""
    names(lambda _: ["1.1.1.1", "192.168.1.1"])
    with pytest.raises(RefusedAddressError):
        await _pin(Reach.PUBLIC, "https://both.example/v1")


async def test_a_name_that_means_nothing(names: Callable[[Resolve], list[str]]) -> None:
    """It is the network's fault, and nothing was sent; nor with no address or a strange one."""

    def unknown(name: str) -> list[str]:
        raise socket.gaierror(socket.EAI_NONAME, name)

    names(unknown)
    with pytest.raises(ProviderError) as caught:
        await _pin(Reach.PUBLIC, "https://unknown.example/v1")
    check_silent(caught.value)
    assert type(caught.value) is ProviderError
    assert (caught.value.kind, caught.value.sent) == (Kind.NETWORK, False)
    names(lambda _: ["what is this"])
    with pytest.raises(ProviderError):
        await _pin(Reach.PUBLIC, "https://strange.example/v1")
    names(lambda _: [])
    with pytest.raises(RefusedAddressError):
        await _pin(Reach.PUBLIC, "https://empty.example/v1")


async def test_a_name_that_takes_long(monkeypatch: pytest.MonkeyPatch) -> None:
    """Resolving stops nobody else, and is part of the time to connect."""

    def slow(*args: object, **options: object) -> list[Any]:
        time.sleep(0.6)
        return [(0, 0, 0, "", ("1.1.1.1", 0))]

    monkeypatch.setattr(socket, "getaddrinfo", slow)
    beats = 0

    async def beat() -> None:
        nonlocal beats
        while True:
            beats += 1
            await asyncio.sleep(0.01)

    heart = asyncio.create_task(beat())
    left = await Gate(Reach.PUBLIC).pin(httpx.Request("GET", "https://slow.example/v1"))
    assert beats > 10
    assert policy.CONNECT_SECONDS - 4 < left < policy.CONNECT_SECONDS - 0.5
    monkeypatch.setattr(policy, "CONNECT_SECONDS", 0.1)
    with pytest.raises(ProviderError) as caught:
        await _pin(Reach.PUBLIC, "https://slow.example/v1")
    check_silent(caught.value)
    assert (caught.value.kind, caught.value.sent) == (Kind.NETWORK, False)
    heart.cancel()


async def test_vendors_are_left_alone() -> None:
    """Their own hosts are resolved where they always were."""
    request = await _pin(Reach.VENDOR, "https://api.openai.com/v1")
    assert request.url.host == "api.openai.com"
    assert "sni_hostname" not in request.extensions


class _Server:
    """Note who comes by, on 127.0.0.1 and with TLS if it has a certificate."""

    def __init__(self) -> None:
        self.hosts: list[str] = []
        self.port = 0

    async def visit(self, request: web.Request) -> web.Response:
        """Note the name that a visitor asks for."""
        self.hosts.append(request.headers["Host"])
        return web.json_response({})


@asynccontextmanager
async def _server(tls: ssl.SSLContext | None = None) -> AsyncGenerator[_Server]:
    found = _Server()
    app = web.Application()
    app.router.add_route("*", "/{tail:.*}", found.visit)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0, ssl_context=tls).start()
    found.port = runner.addresses[0][1]
    yield found
    await runner.cleanup()


async def _get(library: Any, options: dict[str, Any], url: str) -> Any:
    async with library.AsyncClient(**options) as client:
        return await client.get(url)


async def test_a_name_that_leads_home(
    sim: Simulator, names: Callable[[Resolve], list[str]]
) -> None:
    """Under PUBLIC it is refused, through the whole SDK, and the server sees nobody."""
    names(lambda _: ["127.0.0.1"])
    url = sim.urls.openai.replace("http://127.0.0.1", "https://innocent.example")
    async with provider(
        sim, "openai", kind="openai_compatible", base_url=url, model="mine"
    ) as made:
        for ask in (made.check, lambda: made.describe(QUESTION)):
            with pytest.raises(RefusedAddressError) as caught:
                await ask()
            check_silent(caught.value)
    assert sim.requests() == []


@pytest.mark.parametrize("vendor", VENDORS)
async def test_each_sdk_passes_the_refusal_on(sim: Simulator, vendor: Any) -> None:
    """So the flows can tell it from a network that is down."""
    async with provider(sim, vendor, base_url="http://169.254.169.254", model="mine") as made:
        with pytest.raises(RefusedAddressError) as caught:
            await made.describe(QUESTION)
    check_silent(caught.value)


async def test_rebinding(
    library: Any, socket_enabled: None, names: Callable[[Resolve], list[str]]
) -> None:
    """A name that means something else the second time leads to what was checked the first time."""
    answers = [["127.0.0.1"], ["127.0.0.2"]]
    asked = names(lambda _: answers.pop(0) if answers else ["127.0.0.3"])
    async with _server() as server:
        url = f"http://rebound.example:{server.port}/v1"
        reply = await _get(library, client_options(SSL, {}, Reach.LOCAL), url)
        assert reply.status_code == 200
        assert server.hosts == [f"rebound.example:{server.port}"]
    # One look, and none by the library that connects.
    assert asked == ["rebound.example"]


async def test_rebinding_to_the_house(names: Callable[[Resolve], list[str]]) -> None:
    """First public, then private: what is connected to is the public one."""
    answers = [["1.1.1.1"], ["192.168.1.1"]]
    asked = names(lambda _: answers.pop(0))
    gate = Gate(Reach.PUBLIC)
    request = httpx.Request("GET", "https://rebound.example/v1")
    await gate.pin(request)
    assert (request.url.host, asked) == ("1.1.1.1", ["rebound.example"])
    assert request.headers["host"] == "rebound.example"
    with pytest.raises(RefusedAddressError):
        await gate.pin(httpx.Request("GET", "https://rebound.example/v1"))


async def test_the_next_try_takes_the_other_address(
    library: Any, socket_enabled: None, names: Callable[[Resolve], list[str]]
) -> None:
    """Where one of two addresses is dead the other one is next, and stays (row 32)."""
    pytest_socket.socket_allow_hosts(["127.0.0.1", "127.0.0.2"])
    names(lambda _: ["127.0.0.2", "127.0.0.1"])
    async with _server() as server:
        url = f"http://two.example:{server.port}/v1"
        async with library.AsyncClient(**client_options(SSL, {}, Reach.LOCAL)) as client:
            with pytest.raises(library.ConnectError):
                await client.get(url)
            for _ in range(3):
                assert (await client.get(url)).status_code == 200
        assert len(server.hosts) == 3


async def test_ipv4_comes_first(names: Callable[[Resolve], list[str]]) -> None:
    """Ollama listens on 127.0.0.1 alone, and localhost means ::1 first."""
    names(lambda _: ["::1", "127.0.0.1"])
    assert (await _pin(Reach.LOCAL, "http://localhost/v1")).url.host == "127.0.0.1"
    names(lambda _: ["::1"])
    assert str((await _pin(Reach.LOCAL, "http://localhost:1/v1")).url) == "http://[::1]:1/v1"


_SIGNS = x509.KeyUsage(
    digital_signature=False,
    content_commitment=False,
    key_encipherment=False,
    data_encipherment=False,
    key_agreement=False,
    key_cert_sign=True,
    crl_sign=True,
    encipher_only=False,
    decipher_only=False,
)


class _Authority:
    """A certificate authority of our own."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Test authority")])
        self.root = (
            self._builder(self._name, self._key)
            .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
            .add_extension(_SIGNS, critical=True)
            .add_extension(
                x509.SubjectKeyIdentifier.from_public_key(self._key.public_key()), critical=False
            )
            .sign(self._key, hashes.SHA256())
        )

    def _builder(self, name: x509.Name, key: ec.EllipticCurvePrivateKey) -> Any:
        now = datetime.now(UTC)
        return (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(self._name)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - timedelta(days=1))
            .not_valid_after(now + timedelta(days=1))
            .add_extension(
                x509.AuthorityKeyIdentifier.from_issuer_public_key(self._key.public_key()),
                critical=False,
            )
        )

    def server(self, name: str) -> ssl.SSLContext:
        """Return what a server of this name shows."""
        key = ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        names = x509.SubjectAlternativeName([x509.DNSName(name)])
        found = self._builder(subject, key).add_extension(names, critical=False)
        file = self._folder / "server.pem"
        file.write_bytes(
            key.private_bytes(
                serialization.Encoding.PEM,
                serialization.PrivateFormat.PKCS8,
                serialization.NoEncryption(),
            )
            + found.sign(self._key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)
        )
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(file)
        return context

    def client(self) -> ssl.SSLContext:
        """Return what trusts this authority and nobody else."""
        pem = self.root.public_bytes(serialization.Encoding.PEM).decode("ascii")
        return ssl.create_default_context(cadata=pem)


async def test_tls_goes_by_the_name(
    library: Any, socket_enabled: None, tmp_path: Path, names: Callable[[Resolve], list[str]]
) -> None:
    """The certificate must be that of the name, though the connection goes to an address."""
    names(lambda _: ["127.0.0.1"])
    authority = _Authority(tmp_path)
    asked: list[str | None] = []
    tls = authority.server("right.example")
    tls.sni_callback = lambda _socket, name, _context: asked.append(name)
    async with _server(tls) as server:
        options = client_options(authority.client(), {}, Reach.LOCAL)
        reply = await _get(library, options, f"https://right.example:{server.port}/v1")
        assert reply.status_code == 200
        assert server.hosts == [f"right.example:{server.port}"]
        options = client_options(authority.client(), {}, Reach.LOCAL)
        with pytest.raises(library.ConnectError, match="CERTIFICATE_VERIFY_FAILED"):
            await _get(library, options, f"https://wrong.example:{server.port}/v1")
        options = client_options(SSL, {}, Reach.LOCAL)
        with pytest.raises(library.ConnectError, match="CERTIFICATE_VERIFY_FAILED"):
            await _get(library, options, f"https://right.example:{server.port}/v1")
    assert len(server.hosts) == 1
    assert asked == ["right.example", "wrong.example", "right.example"]
