"""Where the web listens, and under which names it may be asked for."""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import ip_address
from urllib.parse import urlsplit

from watcher.config.web import Web
from watcher.domain.errors import UsageError


@dataclass(frozen=True, slots=True)
class Listening:
    """A host and a port, 0 for a free one; `url` is the address that browsers show, if it is set.

    `proxies` are those whose word is taken for who asks.
    """

    host: str
    port: int
    url: str | None = None
    proxies: tuple[str, ...] = ()

    @classmethod
    def of(cls, web: Web) -> Listening:
        """What is configured.

        Raises UsageError where other machines would read what nobody has to sign in for, or where
        a session would travel unencrypted.
        """
        host, _, port = web.listen.rpartition(":")
        bare = host.removeprefix("[").removesuffix("]")
        if not is_loopback(bare):
            _guarded(web)
        if web.url and web.auth and not _private(web.url):
            raise UsageError(
                f"web.url {web.url} is not encrypted, and whoever listens on the way could sign in "
                "as others: write https://, and let a proxy in front speak TLS"
            )
        return cls(bare, int(port), web.url, web.proxies)

    @property
    def secure(self) -> bool:
        """Whether browsers come over TLS alone."""
        return self.url is not None and self.url.startswith("https://")

    def is_ours(self, header: str) -> bool:
        """Whether a `Host` header names us: as browsers show it, or as this machine's own."""
        if self.url and header.lower() == urlsplit(self.url).netloc.lower():
            return True
        return is_loopback(self.host) and is_loopback(host_of(header))


def _guarded(web: Web) -> None:
    if web.auth is None:
        raise UsageError(
            f"web.listen {web.listen} can be reached from other machines, and nobody has to sign "
            "in: configure web.auth, or listen on 127.0.0.1"
        )
    if web.url is None:
        raise UsageError(
            f"web.listen {web.listen} can be reached from other machines, so say under which "
            "address: set web.url, such as https://watcher.example"
        )


def _private(url: str) -> bool:
    return url.startswith("https://") or is_loopback(urlsplit(url).hostname or "")


def is_loopback(name: str) -> bool:
    """Whether a name or address can only mean this machine."""
    if name.lower() == "localhost":
        return True
    try:
        return ip_address(name).is_loopback
    except ValueError:
        return False


def host_of(header: str) -> str:
    """The host of a `Host` header, without its port and brackets."""
    if header.startswith("["):
        return header[1:].partition("]")[0]
    return header.partition(":")[0]
