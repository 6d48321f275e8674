"""How long, how often and through what a remote is asked."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from watcher.domain.errors import UsageError


@dataclass(frozen=True, slots=True)
class Timeouts:
    """Bounds in seconds: for connecting, for one wait between two bytes, for one whole answer."""

    connect: float = 10.0
    read: float = 30.0
    total: float = 120.0


@dataclass(frozen=True, slots=True)
class Retrying:
    """How a GET or HEAD that failed for a while is asked again; all in seconds but `attempts`.

    After `within` no further attempt begins. A remote that asks for a pause longer than `longest`
    is left alone: the error goes up with its `retry_after`.
    """

    attempts: int = 4
    within: float = 45.0
    first: float = 0.25
    longest: float = 10.0
    jitter: float = 0.5


@dataclass(frozen=True, slots=True)
class Breaking:
    """When a remote is left alone for a while, and for how long; pauses in seconds.

    After `silent` questions in a row that got no answer, or `failing` that failed at all. Each time
    it is tried in vain the pause doubles, from `first` up to `longest`.
    """

    silent: int = 16
    failing: int = 64
    first: float = 5.0
    longest: float = 300.0


@dataclass(frozen=True, slots=True)
class Connecting:
    """What one remote needs; `rate` is in requests per second, None leaves them unpaced.

    `tls_ca` is a file of PEM certificates trusted instead of the usual ones. Without `proxy` those
    of the environment apply, but never to this machine. Raises UsageError for a missing file.
    """

    concurrency: int = 8
    rate: float | None = None
    tls_ca: Path | None = None
    proxy: str | None = field(default=None, repr=False)
    timeouts: Timeouts = Timeouts()
    retrying: Retrying = Retrying()
    breaking: Breaking = Breaking()

    def __post_init__(self) -> None:
        if self.concurrency < 1 or (self.rate is not None and self.rate <= 0):
            raise UsageError("concurrency and rate must be positive")
        if self.tls_ca is not None and not self.tls_ca.is_file():
            raise UsageError(f"tls_ca {str(self.tls_ca)!r} is not a file of PEM certificates")


class Observer(Protocol):
    """One who counts the traffic; called from several threads."""

    def sent(self, method: str, url: str) -> None:
        """Note that a request goes out; `url` is the one first asked for, also after redirects."""

    def received(self, method: str, url: str, count: int) -> None:
        """Note that so many bytes of a body came in."""
