"""Decide which addresses a key may be sent to."""

from ipaddress import ip_address
from urllib.parse import urlsplit

from ..providers.wire.pinning import Reach, can_be_asked, is_allowed


def normalize_url(url: str) -> str:
    """Return an address in the one form in which it is stored and compared."""
    return url.strip().rstrip("/")


def url_fault(url: str, *, local: bool | None = None) -> str | None:
    """Return what is wrong with an address, as the name of an error, None for a usable one.

    A key may be sent over TLS, or within the house. ``local`` is None for a vendor's gateway, which
    may be in the house when it is given by its IP address. What a name leads to is checked whenever
    a connection is made.
    """
    if "\\" in url or " " in url or not url.isascii() or not url.isprintable():
        return "url_characters"
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
        _ = parts.port
    except ValueError:
        return "url_invalid"
    wrong = {
        "url_scheme": parts.scheme not in {"http", "https"},
        "url_login": "@" in parts.netloc,
        "url_query": parts.query or parts.fragment,
        "url_invalid": not host or not can_be_asked(url),
    }
    if fault := next((fault for fault, is_so in wrong.items() if is_so), None):
        return fault
    return _host_fault(host, encrypted=parts.scheme == "https", local=local)


def _host_fault(host: str, *, encrypted: bool, local: bool | None) -> str | None:
    try:
        address = ip_address(host)
    except ValueError:
        if host == "localhost":
            return "url_local" if local is False else None
        return None if encrypted or local else _plain_fault(local)
    reach = Reach.PUBLIC if local is False else Reach.LOCAL
    if is_allowed(address, reach, encrypted=encrypted):
        return None
    if local is False and is_allowed(address, Reach.LOCAL, encrypted=encrypted):
        return "url_local"
    return _plain_fault(local) if is_allowed(address, reach, encrypted=True) else "url_forbidden"


def _plain_fault(local: bool | None) -> str:
    """Return the error for http: a gateway has no switch that would allow it."""
    return "url_plain" if local is None else "url_plain_server"


def same_address(one: str, other: str) -> bool:
    """Return whether a key stored for one address may go to the other; empty is the vendor's.

    The path counts: many a host is shared, and another path is somebody else's server there.
    """
    return _parts(one) == _parts(other)


def _parts(url: str) -> tuple[str, str | None, int | None, str]:
    parts = urlsplit(normalize_url(url))
    default_port = {"https": 443, "http": 80}.get(parts.scheme)
    return parts.scheme, parts.hostname, parts.port or default_port, parts.path
