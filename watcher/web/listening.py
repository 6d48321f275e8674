"""Where the web listens: on this machine alone, until people can sign in."""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import ip_address

from watcher.domain.errors import UsageError


@dataclass(frozen=True, slots=True)
class Listening:
    """A host of this machine and a port; port 0 means a free one."""

    host: str
    port: int

    @classmethod
    def parse(cls, text: str) -> Listening:
        """Read `127.0.0.1:8080` or `[::1]:8080`; raises UsageError off loopback."""
        host, _, port = text.rpartition(":")
        bare = host.removeprefix("[").removesuffix("]")
        if not is_loopback(bare):
            raise UsageError(
                f"web.listen {text} can be reached from other machines, and authentication is not "
                "built yet: listen on 127.0.0.1"
            )
        return cls(bare, int(port))


def is_loopback(host: str) -> bool:
    """Whether a name or address can only mean this machine."""
    if host.lower() == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def host_of(header: str) -> str:
    """The host of a `Host` header, without its port and brackets."""
    if header.startswith("["):
        return header[1:].partition("]")[0]
    return header.partition(":")[0]
