"""Which hosts may be visited: names are resolved here, once, and every address is checked before it is used.

Company websites come from a CRM field and from redirects, so anybody who can write either chooses what this machine
connects to. Only addresses of the public internet are allowed; private ones on request; link-local ones (cloud
metadata) never.

What belongs elsewhere: connecting to the checked address (``pinning``).
"""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Callable, Sequence
from typing import Any

# The signature of `socket.getaddrinfo`, as far as it is used.
Resolve = Callable[..., Sequence[tuple[Any, ...]]]
_Address = ipaddress.IPv4Address | ipaddress.IPv6Address

# Serves credentials to virtual machines of one cloud although it lies in public address space.
_METADATA = frozenset({ipaddress.ip_address("168.63.129.16"), ipaddress.ip_address("fd00:ec2::254")})
# IPv6 forms that carry an IPv4 address in their last 32 bits (NAT64, deprecated IPv4-compatible).
_EMBEDDING = (
    ipaddress.ip_network("64:ff9b::/96"),
    ipaddress.ip_network("64:ff9b:1::/48"),
    ipaddress.ip_network("::/96"),
)


class RefusedHostError(Exception):
    """The host has an address that must not be connected to."""


class UnknownHostError(Exception):
    """The name has no address. ``transient``: the name service didn't answer, rather than saying no."""

    def __init__(self, message: str, *, transient: bool) -> None:
        super().__init__(message)
        self.transient = transient


class HostGuard:
    """Resolves and checks.

    Args:
        allow_private: Whether private and loopback addresses are allowed (sandbox, tests, intranet).
        resolve: ``socket.getaddrinfo`` or a stand-in; its time limit is the system's resolver's.
    """

    def __init__(self, *, allow_private: bool, resolve: Resolve = socket.getaddrinfo) -> None:
        self._allow_private = allow_private
        self._resolve = resolve

    def addresses(self, host: str, port: int) -> tuple[str, ...]:
        """The host's addresses, all of them checked, in the resolver's order.

        Raises:
            RefusedHostError: Any of them is not allowed: a name that mixes public and private ones is up to something.
            UnknownHostError: There is none.
        """
        try:
            answers = self._resolve(host, port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError) as error:
            transient = getattr(error, "errno", None) == socket.EAI_AGAIN
            raise UnknownHostError(f"the name {host} has no address ({error})", transient=transient) from error
        # A scope id ("fe80::1%eth0") is no part of the address.
        found = tuple(dict.fromkeys(str(answer[4][0]).partition("%")[0] for answer in answers))
        if not found:
            raise UnknownHostError(f"the name {host} has no address", transient=False)
        for text in found:
            reason = self._refusal(ipaddress.ip_address(text))
            if reason:
                raise RefusedHostError(f"{host} is {text}, {reason}")
        return found

    def _refusal(self, address: _Address) -> str:
        """Why the address is not allowed; empty where it is."""
        inner = _embedded(address)
        if inner is not None:
            return self._refusal(inner)
        if address.is_link_local or address in _METADATA:
            return "a link-local or metadata address, which is never allowed"
        if address.is_multicast or address.is_unspecified:
            return "not the address of a single host"
        if address.is_global or self._allow_private:
            return ""
        return "a private or loopback address (GTM_ALLOW_PRIVATE_HOSTS is off)"


def _embedded(address: _Address) -> ipaddress.IPv4Address | None:
    """The IPv4 address inside an IPv6 one, which is where the connection would end up."""
    if not isinstance(address, ipaddress.IPv6Address):
        return None
    if address.ipv4_mapped is not None:
        return address.ipv4_mapped
    if address.sixtofour is not None:
        return address.sixtofour
    if address.teredo is not None:
        return address.teredo[1]
    is_plain = address.is_loopback or address.is_unspecified
    if not is_plain and any(address in network for network in _EMBEDDING):
        return ipaddress.IPv4Address(int(address) & 0xFFFF_FFFF)
    return None
