"""Where a request may lead; it is pinned to an address that was checked.

A user who may type in an address could have this machine send requests to servers that only it can
reach. So the host name is resolved here, every address behind it is checked, and the connection
goes to an address that was checked: a name that resolves differently a moment later changes
nothing. TLS and the ``Host`` header still go by the name.
"""

import asyncio
from enum import Enum, auto
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
import socket
from typing import Any, Final

import httpx
import idna

from ...chain import policy
from ...chain.failures import Failure, ProviderError
from .trace import listen

type Address = IPv4Address | IPv6Address

_NAT64: Final = IPv6Network("64:ff9b::/96")
_METADATA: Final = frozenset(
    map(
        ip_address,
        (
            "100.100.100.200",  # Alibaba
            "168.63.129.16",  # Azure
            "192.0.0.192",  # Oracle
            "fd00:ec2::23",  # Amazon, for a pod
            "fd00:ec2::254",  # Amazon
            "fd20:ce::254",  # Google
        ),
    )
)
"""Where clouds keep their secrets, besides the link-local addresses."""


class Reach(Enum):
    """How far an address that a user typed in may lead."""

    VENDOR = auto()
    """The vendor's own host, which no user typed in: nothing is checked."""
    PUBLIC = auto()
    """The internet, over TLS."""
    LOCAL = auto()
    """The user's own network too, and without TLS there only; never where clouds keep their
    secrets (169.254.169.254)."""


class RefusedAddressError(ProviderError):
    """An address that may not be asked; nothing was sent."""

    def __init__(self) -> None:
        """Fail like a network that does not lead there."""
        super().__init__(Failure.NETWORK, sent=False)


def can_be_asked(url: str) -> bool:
    """Return whether the HTTP libraries take a URL; what they refuse, no SDK can be built with."""
    try:
        host = httpx.URL(url).raw_host.decode("ascii")
        if host.startswith("xn--"):
            idna.decode(host)  # httpx does this itself, httpx2 behind its name does not
    except httpx.InvalidURL, ValueError:
        return False
    return bool(host)


def is_allowed(address: Address, reach: Reach, *, encrypted: bool) -> bool:
    """Return whether a connection may go to this address, wherever its packets come out."""
    return all(
        _is_allowed(destination, reach, encrypted=encrypted)
        for destination in _destinations(address)
    )


def _is_allowed(address: Address, reach: Reach, *, encrypted: bool) -> bool:
    match reach:
        case Reach.VENDOR:
            return True
        case _ if address in _METADATA:
            return False
        case Reach.PUBLIC:
            return encrypted and _is_public(address)
        case Reach.LOCAL:
            # ::1 is reserved as well; 100.64.0.0/10 (Tailscale) is neither private nor global.
            return address.is_loopback or not (
                address.is_link_local
                or address.is_multicast
                or address.is_unspecified
                or address.is_reserved
                or (_is_public(address) and not encrypted)
            )


def _is_public(address: Address) -> bool:
    # Python counts groups (224.0.0.1) and the old site-local addresses as global.
    return address.is_global and not (
        address.is_multicast
        or address.is_reserved
        or (isinstance(address, IPv6Address) and address.is_site_local)
    )


def _destinations(address: Address) -> tuple[Address, ...]:
    """Return the addresses at which a packet to this one may come out."""
    if isinstance(address, IPv4Address):
        return (address,)
    address = IPv6Address(int(address))  # a zone (%1) makes it unequal and changes no destination
    if address.ipv4_mapped is not None:
        return (address.ipv4_mapped,)
    if address in _NAT64:
        return (IPv4Address(int(address) & 0xFFFF_FFFF),)
    if address.sixtofour is not None:
        return (address, address.sixtofour)
    if address.teredo is not None:
        return (address, *address.teredo)
    return (address,)


class AddressPin:
    """The checked addresses that the requests of one HTTP client go to."""

    def __init__(self, reach: Reach) -> None:
        self._reach = reach
        self._last: Address | None = None
        self._failed_at: dict[Address, float] = {}
        """Loop time in seconds."""

    async def apply(self, request: Any) -> float:
        """Lead a request to a checked address; return the seconds that are left to connect.

        Raises ``ProviderError``, and ``RefusedAddressError`` where it may not lead.
        """
        if self._reach is Reach.VENDOR:
            return policy.CONNECT_SECONDS
        url = request.url
        schemes = ("https", "http") if self._reach is Reach.LOCAL else ("https",)
        if url.scheme not in schemes or url.userinfo or url.fragment:
            raise RefusedAddressError
        loop = asyncio.get_running_loop()
        deadline = loop.time() + policy.CONNECT_SECONDS
        host = url.raw_host.decode("ascii")
        try:
            async with asyncio.timeout_at(deadline):
                addresses = await _resolve(host)
        except OSError, ValueError:
            raise ProviderError(Failure.NETWORK, sent=False) from None
        if not all(is_allowed(address, self._reach, encrypted=True) for address in addresses):
            raise RefusedAddressError
        # A name in the house may have a global address besides its private one.
        encrypted = url.scheme == "https"
        usable = [
            address
            for address in addresses
            if is_allowed(address, self._reach, encrypted=encrypted)
        ]
        if not usable:
            raise RefusedAddressError
        self._failed_at = {
            address: failed_at
            for address, failed_at in self._failed_at.items()
            if address in usable
        }
        chosen = min(usable, key=self._preference)

        async def heard(event: str, _info: Any) -> None:
            if event == "connection.connect_tcp.failed":
                self._failed_at[chosen] = loop.time()
            elif event == "connection.connect_tcp.complete":
                self._failed_at.pop(chosen, None)
                self._last = chosen

        request.url = url.copy_with(host=str(chosen))
        request.extensions = {**request.extensions, "sni_hostname": host}
        listen(request, heard)
        return max(0.0, deadline - loop.time())

    def _preference(self, address: Address) -> tuple[float, bool, int]:
        """Sort the address that failed longest ago first, or never did, then the warm one.

        A pinned connection is not tried over IPv4 and IPv6 at once, so the next try takes the
        other one; IPv4 first, since few home servers listen on ``::1``.
        """
        return self._failed_at.get(address, 0.0), address != self._last, address.version


async def _resolve(host: str) -> list[Address]:
    try:
        return [ip_address(host)]
    except ValueError:
        pass
    found = await asyncio.get_running_loop().getaddrinfo(host, None, type=socket.SOCK_STREAM)
    return [ip_address(sockaddr[0]) for *_, sockaddr in found]
