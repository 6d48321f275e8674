"""A tracker that is served: its board, its faults, and what it was asked."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Protocol

from tests.servers.hostile import Hostile, Reply, Seen, hostile
from tests.servers.issues.board import Board
from tests.servers.issues.faults import Faults


class RefusedError(Exception):
    """A request is refused, with this answer."""

    def __init__(self, refusal: Reply) -> None:
        super().__init__()
        self.reply = refusal


class Shape(Protocol):
    """A vendor's API over a board."""

    board: Board
    url: str

    def answer(self, seen: Seen) -> Reply:
        """Answer a request as the vendor would."""


@dataclass(slots=True)
class Served:
    """A running tracker."""

    host: Hostile
    board: Board
    faults: Faults = field(default_factory=Faults)

    @property
    def url(self) -> str:
        """Its address."""
        return self.host.url

    @property
    def asked(self) -> list[str]:
        """Every request so far: its method, and its path without the query."""
        return [f"{one.method} {one.path.partition('?')[0]}" for one in self.host.seen]

    def forget(self) -> None:
        """Count from here on."""
        self.host.seen.clear()


@contextmanager
def served(shape: Shape) -> Iterator[Served]:
    """Serve it on loopback."""
    faults = Faults()

    def usual(seen: Seen) -> Reply:
        try:
            return shape.answer(seen)
        except RefusedError as refused:
            return refused.reply

    def answer(seen: Seen) -> Reply:
        with shape.board.lock:
            return faults.meet(seen, usual)

    with hostile(answer) as host:
        shape.url = host.url
        yield Served(host, shape.board, faults)


def told(seen: Seen) -> Any:  # noqa: ANN401 - JSON
    """The JSON of a request's body, an empty object where there is none."""
    return json.loads(seen.body) if seen.body else {}


def reply(status: int, document: object = None, **headers: str) -> Reply:
    """An answer in JSON; header names are written with `_` for `-`."""
    body = b"" if document is None else json.dumps(document).encode()
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Reply(status, {"Content-Type": "application/json", **named}, body)
