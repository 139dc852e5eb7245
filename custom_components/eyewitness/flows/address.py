"""Decide which addresses a key may be sent to."""

from ipaddress import ip_address
from urllib.parse import urlsplit

from ..providers.wire.pinning import Reach, can_be_asked, is_allowed


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
    if parts.scheme not in {"http", "https"} or not can_be_asked(url):
        return False
    return _is_acceptable_host(host, encrypted=parts.scheme == "https", local=local)


def _is_acceptable_host(host: str, *, encrypted: bool, local: bool | None) -> bool:
    try:
        address = ip_address(host)
    except ValueError:
        return local is not False if host == "localhost" else encrypted or bool(local)
    reach = Reach.PUBLIC if local is False else Reach.LOCAL
    return is_allowed(address, reach, encrypted=encrypted)


def same_address(one: str, other: str) -> bool:
    """Return whether a key stored for one address may go to the other; empty is the vendor's.

    The path counts: many a host is shared, and another path is somebody else's server there.
    """
    return _parts(one) == _parts(other)


def _parts(url: str) -> tuple[str, str | None, int | None, str]:
    parts = urlsplit(normalize_url(url))
    default_port = {"https": 443, "http": 80}.get(parts.scheme)
    return parts.scheme, parts.hostname, parts.port or default_port, parts.path
