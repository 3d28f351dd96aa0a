"""The network address of whoever asks, read correctly behind proxies and not from forgery."""

from collections.abc import Sequence
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network

from django.conf import settings
from django.http import HttpRequest

Network = IPv4Network | IPv6Network


def networks(addresses: Sequence[str]) -> list[Network]:
    """The networks that a list such as ``["127.0.0.1", "10.0.0.0/8"]`` names.

    Raises:
        ValueError: one of them is no address and no network.
    """
    return [ip_network(address, strict=False) for address in addresses]


def client_address(remote: str, forwarded_for: str, trusted: Sequence[Network]) -> str:
    """The address of the client.

    ``X-Forwarded-For`` grows to the right, each proxy adding whom it was asked by; only what
    our own proxies have added can be believed. So the list is read from its right end, past
    the trusted proxies, to the first address that is none of them.

    Args:
        remote: the other end of the connection (``REMOTE_ADDR``); empty on a Unix socket,
            which only our own proxy can reach.
        forwarded_for: the header, or an empty text.
        trusted: the networks of our own proxies.

    Returns:
        An address; ``remote`` itself where nothing better can be believed.
    """
    address = _plain(remote)
    hops = [hop.strip() for hop in forwarded_for.split(",") if hop.strip()]
    while hops and (not address or _is_trusted(address, trusted)):
        candidate = hops.pop()
        try:
            address = str(ip_address(_plain(_without_port(candidate))))
        except ValueError:
            break
    return address or "unix"


def address_of(request: HttpRequest) -> str:
    """The address of whoever sent a request; see ``client_address``."""
    return client_address(
        request.META.get("REMOTE_ADDR", ""),
        request.headers.get("X-Forwarded-For", ""),
        settings.TRUSTED_PROXIES,
    )


def network_of(address: str) -> str:
    """What one visitor has at hand: an IPv4 address, or the /64 network of an IPv6 address."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return address
    if parsed.version == 6:
        return str(ip_network(f"{address}/64", strict=False))
    return address


def _without_port(hop: str) -> str:
    """The address of a hop that some proxies write with its port: "1.2.3.4:555", "[::1]:4"."""
    if hop.startswith("["):
        return hop[1:].partition("]")[0]
    return hop.partition(":")[0] if hop.count(":") == 1 else hop


def _plain(address: str) -> str:
    """An IPv4 address as itself: a socket that listens on both kinds shows it as IPv6."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return address
    if parsed.version == 6 and parsed.ipv4_mapped:
        return str(parsed.ipv4_mapped)
    return address


def _is_trusted(address: str, trusted: Sequence[Network]) -> bool:
    try:
        parsed = ip_address(address)
    except ValueError:
        return False
    return any(parsed in network for network in trusted)
