"""A feed of VEX in memory: documents to give out, or an error to raise."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256

from watcher.domain.errors import WatcherError
from watcher.domain.vex import Statement
from watcher.ports.vex import Unread, VexDocument


class FakeFeed:
    """Signs the VexFeed port. Put documents in; put an error in to see it raised."""

    def __init__(self, source: str = "statements") -> None:
        self.source = source
        self.documents: dict[str, VexDocument | Unread] = {}
        self.failure: WatcherError | None = None

    def put(self, location: str, statements: Sequence[Statement]) -> None:
        """Let a document state exactly this."""
        digest = sha256(repr(statements).encode()).hexdigest()
        self.documents[location] = VexDocument(location, digest, tuple(statements))

    def read(self) -> list[VexDocument | Unread]:
        """Every document."""
        if self.failure is not None:
            raise self.failure
        return list(self.documents.values())
