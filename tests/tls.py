"""Certificates for 127.0.0.1, and a server with one that nobody should trust any more."""

from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from ipaddress import ip_address
from pathlib import Path
import ssl
from tempfile import TemporaryDirectory
from threading import Thread
from typing import override

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID


def _self_signed(end: datetime) -> tuple[ssl.SSLContext, str]:
    """Return a server's context with a certificate that ends then, and the certificate as PEM."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    address = x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))])
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(end - timedelta(days=1))
        .not_valid_after(end)
        .add_extension(address, critical=False)
        .sign(key, hashes.SHA256())
    )
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    public = certificate.public_bytes(Encoding.PEM)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    with TemporaryDirectory() as folder:
        path = Path(folder) / "both.pem"
        path.write_bytes(pem + public)
        context.load_cert_chain(path)
    return context, public.decode("ascii")


def expired() -> ssl.SSLContext:
    """Return a server's context with a certificate that ended yesterday."""
    context, _ = _self_signed(datetime.now(UTC) - timedelta(days=1))
    return context


def trusted() -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """Return a server's context, and a client's that trusts its certificate."""
    context, certificate = _self_signed(datetime.now(UTC) + timedelta(hours=1))
    return context, ssl.create_default_context(cadata=certificate)


@dataclass
class Untrusted:
    """The address of a server, and who came through to it all the same."""

    url: str = ""
    requests: list[str] = field(default_factory=list)


class _Server(HTTPServer):
    @override
    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing: that they hang up is what the tests are about."""


@contextmanager
def untrusted() -> Generator[Untrusted]:
    """Run a server, in a thread: the loop of a test takes a broken handshake for a failure."""
    found = Untrusted()

    class Handler(BaseHTTPRequestHandler):
        @override
        def parse_request(self) -> bool:
            found.requests.append(str(self.client_address))
            return False

    with _Server(("127.0.0.1", 0), Handler) as server:
        # The handshake happens at the first read, in the handler, whose errors are caught.
        server.socket = expired().wrap_socket(
            server.socket, server_side=True, do_handshake_on_connect=False
        )
        found.url = f"https://127.0.0.1:{server.server_port}/v1"
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield found
        finally:
            server.shutdown()
            thread.join()
