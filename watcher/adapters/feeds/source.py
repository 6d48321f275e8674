"""A feed's place: a file or an address, read whole within bounds."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from watcher.adapters.feeds.epss import parse_epss
from watcher.adapters.feeds.kev import parse_kev
from watcher.adapters.feeds.ssvc import parse_ssvc
from watcher.adapters.http import Connecting, Http
from watcher.domain.errors import PermanentError, TransientError
from watcher.ports.feeds import Content, FeedName

LARGEST: Final = 64 * 1024 * 1024  # bytes
_SECONDS: Final = 300.0

_PARSERS: Final[Mapping[FeedName, Callable[[bytes], Content]]] = {
    "epss": parse_epss,
    "kev": parse_kev,
    "ssvc": parse_ssvc,
}


@dataclass(frozen=True, slots=True)
class Feed:
    """Signs `watcher.ports.feeds.FeedSource`; `place` is a path or an http(s) address."""

    name: FeedName
    place: str

    def fetch(self) -> bytes:
        """Read it whole, at most 64 MB; raises TransientError or PermanentError."""
        return self._downloaded() if "://" in self.place else self._read()

    def parse(self, content: bytes) -> Content:
        """Read what was fetched; raises PermanentError that names the feed and its place."""
        try:
            return _PARSERS[self.name](content)
        except ValueError as error:
            raise PermanentError(
                f"feed {self.name} from {self._shown} cannot be used: {error}; nothing changes, "
                f"correct feeds.{self.name} or wait for the next one"
            ) from None

    def _downloaded(self) -> bytes:
        client, pieces = Http(Connecting()), bytearray()

        def attempt() -> bytes:
            pieces.clear()
            client.download(self.place, pieces.extend, limit=LARGEST, total=_SECONDS)
            return bytes(pieces)

        try:
            return client.patiently(attempt)
        finally:
            client.close()

    def _read(self) -> bytes:
        try:
            with Path(self.place).open("rb") as file:
                content = file.read(LARGEST + 1)
        except OSError as error:
            reason = error.strerror or type(error).__name__
            raise TransientError(
                f"feed {self.name} could not be read from {self.place} ({reason}): "
                f"put the file there, or correct feeds.{self.name}"
            ) from None
        if len(content) > LARGEST:
            raise PermanentError(
                f"feed {self.name} at {self.place} is larger than {LARGEST} bytes: "
                f"correct feeds.{self.name}"
            )
        return content

    @property
    def _shown(self) -> str:
        return self.place.partition("?")[0]
