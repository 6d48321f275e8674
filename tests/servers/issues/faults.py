"""What goes wrong with a tracker: in the place of an answer, before or after it took effect."""

from __future__ import annotations

import socket
from collections.abc import Callable
from dataclasses import dataclass, field
from io import BufferedIOBase
from typing import Final, Literal

from tests.servers.hostile import Reply, Seen

Kind = Literal[
    "refused",  # 502, and nothing was done
    "lost",  # 502, and it was done
    "reset",  # the connection breaks, and nothing was done
    "cut",  # the connection breaks, and it was done
    "limited",  # 429 with Retry-After
    "secondary",  # GitHub's limit of what is created in a minute, a 403
]
WRITES: Final = ("POST", "PATCH", "PUT", "DELETE")


@dataclass(slots=True)
class Faults:
    """Faults that wait for a request of their method, each for one."""

    waiting: list[tuple[tuple[str, ...], Kind]] = field(default_factory=list)

    def next(self, kind: Kind, *methods: str) -> None:
        """Let the next such request go wrong; any write where no method is named."""
        self.waiting.append((methods or WRITES, kind))

    def meet(self, seen: Seen, usual: Callable[[Seen], Reply]) -> Reply:
        """Answer, or let go wrong what is to go wrong."""
        for number, (methods, kind) in enumerate(self.waiting):
            if seen.method in methods:
                del self.waiting[number]
                if kind in {"lost", "cut"}:
                    usual(seen)
                return _ANSWERS[kind]
        return usual(seen)


def _broken(out: BufferedIOBase) -> None:
    connection = getattr(out, "_sock", None)
    if isinstance(connection, socket.socket):
        connection.shutdown(socket.SHUT_RDWR)


_LIMITED: Final = b'{"message": "You have exceeded a secondary rate limit. Please wait."}'
_ANSWERS: Final[dict[Kind, Reply]] = {
    "refused": Reply(502, body=b"<html>Bad Gateway</html>"),
    "lost": Reply(502, body=b"<html>Bad Gateway</html>"),
    "reset": Reply(script=_broken),
    "cut": Reply(script=_broken),
    "limited": Reply(429, {"Retry-After": "60"}, b'{"message": "Too Many Requests"}'),
    "secondary": Reply(403, {"Retry-After": "60"}, _LIMITED),
}
