"""Addresses of remotes: what may be shown of them, and where a redirect may lead."""

from __future__ import annotations

import ipaddress
from urllib.parse import SplitResult, parse_qsl, quote, urljoin, urlsplit, urlunsplit

from watcher.domain.errors import PermanentError

_PORTS = {"http": 80, "https": 443}
# Queries carry signatures and tokens; only what pages and names things is shown.
_SHOWN = frozenset({"n", "last", "ordering", "page", "page_size", "scope", "service"})
_LONGEST_SHOWN = 300

Origin = tuple[str, str, int]  # scheme, host and port


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
    if is_loopback(target) and not is_loopback(source):
        raise PermanentError(f"{redacted(source)} redirects to this machine itself: refused")
    return urlunsplit(there._replace(fragment=""))
