"""The network address of whoever asks, read correctly behind proxies and not from forgery."""

from collections.abc import Iterable, Sequence
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network

from django.conf import settings
from django.http import HttpRequest

Network = IPv4Network | IPv6Network


def parse_networks(listed: Iterable[str]) -> list[Network]:
    """Return the networks that a list such as ``["127.0.0.1", "10.0.0.0/8"]`` names.

    Raises:
        ValueError: an entry is neither a network address nor a network.
    """
    return [ip_network(entry, strict=False) for entry in listed]


def client_network(remote: str, forwarded_for: str, trusted: Sequence[Network]) -> str:
    """Return the network address of the client.

    ``X-Forwarded-For`` grows to the right, each proxy adding whom it was asked by; only what
    our own proxies have added can be believed. So the list is read from its right end, past
    the trusted proxies, to the first entry that is none of them.

    Args:
        remote: the other end of the connection (``REMOTE_ADDR``); empty on a Unix socket,
            which only our own proxy can reach.
        forwarded_for: the header, or an empty text.
        trusted: the networks of our own proxies.

    Returns:
        ``remote`` itself where nothing better can be believed, and "unix" if that is empty.
    """
    network = _plain(remote)
    hops = [hop.strip() for hop in forwarded_for.split(",") if hop.strip()]
    while hops and (not network or _is_trusted(network, trusted)):
        candidate = hops.pop()
        try:
            network = str(ip_address(_plain(_without_port(candidate))))
        except ValueError:
            break
    return network or "unix"


def network_of(request: HttpRequest) -> str:
    """Return the network address of whoever sent a request; see ``client_network``."""
    return client_network(
        request.META.get("REMOTE_ADDR", ""),
        request.headers.get("X-Forwarded-For", ""),
        settings.TRUSTED_PROXIES,
    )


def household(network: str) -> str:
    """Return all that one visitor has at hand: an IPv4 address, or the /64 of an IPv6 address."""
    try:
        parsed = ip_address(network)
    except ValueError:
        return network
    if parsed.version == 6:
        return str(ip_network(f"{network}/64", strict=False))
    return network


def _without_port(hop: str) -> str:
    """Return a hop without the port that some proxies write: "1.2.3.4:555", "[::1]:4"."""
    if hop.startswith("["):
        return hop[1:].partition("]")[0]
    return hop.partition(":")[0] if hop.count(":") == 1 else hop


def _plain(network: str) -> str:
    """Return an IPv4 address as itself: a socket that listens on both kinds shows it as IPv6."""
    try:
        parsed = ip_address(network)
    except ValueError:
        return network
    if parsed.version == 6 and parsed.ipv4_mapped:
        return str(parsed.ipv4_mapped)
    return network


def _is_trusted(network: str, trusted: Sequence[Network]) -> bool:
    try:
        parsed = ip_address(network)
    except ValueError:
        return False
    return any(parsed in ours for ours in trusted)
