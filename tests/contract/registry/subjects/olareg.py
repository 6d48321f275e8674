"""The adapter `oci` on olareg, which has no catalogue and asks nobody for a password."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.fakes.registry import Content
from tests.servers.olareg import Olareg, olareg
from watcher.adapters.http import Connecting, Retrying, Timeouts
from watcher.adapters.registries.oci import OciRegistry
from watcher.domain.pattern import Selection

EVERYTHING = ("**",)


class OlaregSubject:
    """Its repositories are named one by one, as they have to be where there is no catalogue."""

    bare = True

    def __init__(self, server: Olareg) -> None:
        self.server = server
        self._pushed: set[str] = set()

    def adapter(
        self, include: tuple[str, ...] = EVERYTHING, exclude: tuple[str, ...] = (), page: int = 1000
    ) -> OciRegistry:
        if include == EVERYTHING and self._pushed:
            include = tuple(sorted(self._pushed))
        elif include != EVERYTHING and "*" in "".join(include):
            pytest.skip("without a catalogue there is nothing for a wildcard to choose from")
        return OciRegistry(
            "local",
            self.server.url,
            Selection.parse(include, exclude),
            connecting=Connecting(
                timeouts=Timeouts(connect=2, read=5, total=10),
                retrying=Retrying(attempts=2, within=2, first=0, jitter=0),
            ),
            page=page,
        )

    def refused(self) -> OciRegistry:
        pytest.skip("this registry asks nobody for a password")

    def push(self, repository: str, tag: str, content: Content) -> str:
        self._pushed.add(repository)
        return self.server.pusher.push(repository, tag, content)

    def delete(self, repository: str, tag: str) -> None:
        self.server.pusher.delete_tag(repository, tag)

    def stop(self) -> None:
        self.server.stop()


@contextmanager
def olareg_subject() -> Iterator[OlaregSubject]:
    """Start olareg, and give the subject."""
    with tempfile.TemporaryDirectory(prefix="olareg-") as folder, olareg(Path(folder)) as server:
        yield OlaregSubject(server)
