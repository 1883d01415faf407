"""Where a notice may be sent: a public address, looked up once and connected to as it was judged. Pure but for `resolve`."""

import socket
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from urllib.parse import urlsplit

from payments.merchants.services.apps import LOOPBACK

MAPPED_INTO = (ip_network("64:ff9b::/96"), ip_network("64:ff9b:1::/48"))
"""Networks whose addresses stand for IPv4 ones behind a translator."""
PORTS = {"https": 443, "http": 80}


class AddressRefused(Exception):
    """The name leads to no public address, or nowhere; `reason` is for the log."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(reason)


def origin_of(url: str) -> str:
    """Scheme, host and port, in one normal form."""
    parts = urlsplit(url)
    host = (parts.hostname or "").rstrip(".")
    return f"{parts.scheme}://{f'[{host}]' if ':' in host else host}:{parts.port or PORTS[parts.scheme]}"


def is_public(address: IPv4Address | IPv6Address) -> bool:
    """Whether an address is one of the internet's, and not this network's in disguise."""
    if isinstance(address, IPv6Address):
        inner = address.ipv4_mapped
        if inner is not None:
            return is_public(inner)
        if address.sixtofour or address.teredo or any(address in network for network in MAPPED_INTO):
            return False
    return address.is_global and not (address.is_multicast or address.is_reserved or address.is_unspecified)


def may_receive(host: str, address: str, *, nearby: bool) -> bool:
    """Whether a notice for `host` may go to `address`. `nearby`: loopback by its own names is allowed, as in development."""
    found = ip_address(address.partition("%")[0])
    return is_public(found) or (nearby and host in LOOPBACK and found.is_loopback)


def resolve(host: str, port: int, *, nearby: bool) -> str:
    """The address to connect to. Every address of the name must be one that may receive: a name that leads to both sides is a trick.

    Raises AddressRefused. May take as long as the system's resolver does.
    """
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as problem:
        raise AddressRefused("name_unknown") from problem
    addresses = [str(entry[4][0]) for entry in found]
    if not addresses or not all(may_receive(host, address, nearby=nearby) for address in addresses):
        raise AddressRefused("address_refused")
    return addresses[0]
