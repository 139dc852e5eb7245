"""Decide which addresses a key may be sent to."""

from ipaddress import ip_address
from urllib.parse import urlsplit


def normalize_url(url: str) -> str:
    """Return an address in the one form in which it is stored and compared."""
    return url.strip().rstrip("/")


def is_acceptable_url(url: str, *, local: bool | None = None) -> bool:
    """Return whether a key may be sent to this address: over TLS, or within the house.

    ``local`` is None for a vendor's gateway, which may be in the house when it is given by its IP
    address. What a name leads to is checked whenever a connection is made.
    """
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
        _ = parts.port
    except ValueError:
        return False
    odd = "\\" in url or " " in url or not url.isascii() or not url.isprintable()
    if odd or not host or "@" in parts.netloc or parts.query or parts.fragment:
        return False
    secure = parts.scheme == "https"
    return (secure or parts.scheme == "http") and _is_acceptable_host(
        host, secure=secure, local=local
    )


def _is_acceptable_host(host: str, *, secure: bool, local: bool | None) -> bool:
    try:
        address = ip_address(host)
    except ValueError:
        return local is not False if host == "localhost" else secure or bool(local)
    if address.is_link_local or address.is_multicast or address.is_unspecified:
        return False
    if local is False:
        return secure and address.is_global
    return secure or not address.is_global


def same_server(one: str, other: str) -> bool:
    """Return whether a key stored for one address may go to the other; empty is the vendor's."""
    return _server(one) == _server(other)


def _server(url: str) -> tuple[str, str | None, int | None]:
    parts = urlsplit(url)
    default_port = {"https": 443, "http": 80}.get(parts.scheme)
    return parts.scheme, parts.hostname, parts.port or default_port
