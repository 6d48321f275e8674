"""Addresses of remotes: what may be shown of them, and where a redirect may lead."""

from __future__ import annotations

import ipaddress
import socket
from urllib.parse import SplitResult, parse_qsl, quote, urljoin, urlsplit, urlunsplit

from watcher.domain.errors import PermanentError

_PORTS = {"http": 80, "https": 443}
# Queries carry signatures and tokens; only what pages and names things is shown.
_SHOWN = frozenset({"n", "last", "ordering", "page", "page_size", "scope", "service"})
_LONGEST_SHOWN = 300

# Where a cloud's machines find it though it is of no link: of AWS, and of Alibaba.
_METADATA = frozenset(map(ipaddress.ip_address, ("fd00:ec2::254", "100.100.100.200")))

Origin = tuple[str, str, int]  # scheme, host and port
Address = ipaddress.IPv4Address | ipaddress.IPv6Address


def split(url: str) -> SplitResult:
    """Take an address apart; raises PermanentError where it is not http(s), or names a user."""
    try:
        parts = urlsplit(url)
        usable = parts.scheme in _PORTS and parts.hostname and parts.port != 0
    except ValueError:
        usable = False
    if not usable or not url.isascii() or not url.isprintable() or " " in url:
        raise PermanentError(f"{redacted(url)} is not an address of http or https")
    if "@" in parts.netloc:
        raise PermanentError(f"{redacted(url)} holds a user name: credentials do not belong there")
    return parts


def origin(url: str) -> Origin:
    """Give scheme, host and port, the ones credentials are bound to; raises PermanentError."""
    parts = split(url)
    return parts.scheme, (parts.hostname or "").rstrip("."), parts.port or _PORTS[parts.scheme]


def is_loopback(url: str) -> bool:
    """Tell whether the address names this machine."""
    host = origin(url)[1]
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")


def leads_inside(url: str, source: str) -> bool:
    """Whether a remote sends us where it could not go itself: to this machine, or to its link.

    Services of a cloud tell whoever asks from a machine that machine's credentials, at an address
    of its link. However an address is written, it is the one that would be connected to. `source`
    is the remote, which may be on this machine itself.
    """
    host = origin(url)[1]
    return _inside(host) and host != origin(source)[1] and not is_loopback(source)


def _inside(host: str) -> bool:
    if host == "localhost" or host.endswith(".localhost"):
        return True
    found = _numeric(host)
    return found is not None and (
        found.is_loopback or found.is_unspecified or found.is_link_local or found in _METADATA
    )


def _numeric(host: str) -> Address | None:
    """The address that a host is, written as any system reads it; None for a name."""
    try:
        found: Address = ipaddress.ip_address(host)
    except ValueError:
        try:
            # 127.1, 0x7f000001 and 2130706433 are all this machine.
            return ipaddress.IPv4Address(socket.inet_aton(host))
        except (OSError, ValueError):
            return None
    mapped = found.ipv4_mapped if isinstance(found, ipaddress.IPv6Address) else None
    return mapped or found


def redacted(url: str) -> str:
    """Give the address as logs may show it: no user, no fragment, no query that may be secret."""
    try:
        parts = urlsplit(url)
        query = "&".join(_shown(key, value) for key, value in parse_qsl(parts.query))
    except ValueError:
        return "an unreadable address"
    host = parts.netloc.rpartition("@")[2]
    plain = urlunsplit((parts.scheme, host, quote(parts.path, safe="/:@%~"), query, ""))
    text = plain if plain.isascii() and plain.isprintable() else quote(plain, safe="/:?&=%~[]")
    return text if len(text) <= _LONGEST_SHOWN else text[:_LONGEST_SHOWN] + "..."


def _shown(key: str, value: str) -> str:
    return f"{key}={quote(value, safe='/:,*')}" if key in _SHOWN else "..."


def redirected(source: str, location: str) -> str:
    """Tell where a redirect leads; raises PermanentError where nobody should follow it."""
    try:
        target = urljoin(source, location)
    except ValueError:
        target = location
    there = split(target)
    if split(source).scheme == "https" and there.scheme == "http":
        raise PermanentError(
            f"{redacted(source)} redirects from https to plain http ({redacted(target)}): refused"
        )
    if leads_inside(target, source):
        raise PermanentError(
            f"{redacted(source)} redirects to this machine itself, or to its link: refused"
        )
    return urlunsplit(there._replace(fragment=""))
