"""A small fleet on real servers, with a watcher over it."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from tests.acceptance.bad_input.story import (
    API,
    API_IMAGE,
    FIRST,
    NEW,
    NEW_IMAGE,
    REBUILT_API,
    WEB,
    WEB_IMAGE,
    day,
    written,
)
from tests.acceptance.bad_input.trivy import FaultyTrivy
from watcher.cli.application import run
from watcher.cli.session import Session
from watcher.demo.play import DATABASE, VERSION
from watcher.demo.workshop import Artifact, Pusher, Registry
from watcher.demo.workshop.blobs import Json, json_bytes

Document = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Told:
    """How a command ended: its exit code, its lines on stderr, and its document if it gave one."""

    code: int
    lines: tuple[str, ...]
    document: Document

    @property
    def failures(self) -> list[tuple[str, str, bool]]:
        """Stage, subject and whether it is tried again, of each failure of a pass."""
        return [(one["stage"], one["subject"], one["retry"]) for one in self.document["failures"]]


@dataclass(slots=True)
class Fleet:
    """The servers, and a watcher over them.

    Tests may change its configuration: top keys by `changes`, keys of the registry by `watched`.
    """

    folder: Path
    registry: Registry
    mirror: Registry
    trivy: FaultyTrivy
    changes: dict[str, Json] = field(default_factory=dict)
    watched: dict[str, Json] = field(default_factory=dict)
    others: list[dict[str, Json]] = field(default_factory=list)
    timeout: str = "60s"

    @property
    def configuration(self) -> Path:
        """The configuration as it is now."""
        file = self.folder / "watcher.yaml"
        watched: dict[str, Json] = {"name": "local", "kind": "oci", "url": self.registry.url}
        watched |= {"include": ["**"], **self.watched}
        content: dict[str, Json] = {
            "database": {"url": f"sqlite:///{self.folder}/watcher.db"},
            "state": f"{self.folder}/state",
            "trivy": {
                "binary": str(self.trivy.path),
                "db": [f"{self.mirror.host}/{DATABASE}:{VERSION}"],
                "java_db": [],
                "timeout": self.timeout,
            },
            "registries": [watched, *self.others],
        }
        file.write_bytes(json_bytes({**content, **self.changes}))
        return file

    def watcher(self, *arguments: str, now: datetime | None = None) -> Told:
        """Run a command in this process."""
        answer = self.folder / "answer.json"
        answer.unlink(missing_ok=True)
        out, err = io.StringIO(), io.StringIO()
        session = Session(environment={}, now=lambda: now or day(30))
        with redirect_stdout(out), redirect_stderr(err):
            code = run(["--config", str(self.configuration), *arguments], session)
        document = json.loads(answer.read_bytes()) if answer.exists() else {}
        return Told(code, tuple(err.getvalue().splitlines()), document)

    def asked(self, *arguments: str) -> Told:
        """Run a command that answers with a document."""
        return self.watcher(*arguments, "--format", "json", "-o", str(self.folder / "answer.json"))

    def sync(self, number: float, *options: str) -> Told:
        """Make the pass of a day."""
        return self.asked("sync", "--at", written(day(number)), *options)

    def exposures(self, number: float) -> Document:
        """What `exposures` says of a day, without what depends on when it was recorded."""
        told = self.asked("exposures", "--as-of", written(day(number)))
        assert told.code == 0
        return comparable(told.document)

    def uncovered(self, number: float) -> dict[str, str]:
        """The reasons of the streams that are not covered, by stream."""
        told = self.asked("streams", "--as-of", written(day(number)))
        assert told.code == 0
        return {
            f"{one['repository']}:{one['stream']}": one["reason"]
            for one in told.document["streams"]
            if not one["covered"]
        }

    def publish(self, artifact: Artifact) -> str:
        """Offer another database; returns its digest."""
        with Pusher(self.mirror.url) as pusher:
            return pusher.push_artifact(DATABASE, VERSION, artifact)

    def rebuild_api(self) -> str:
        """Let shop/api:latest be built anew on a fixed openssl; returns its digest."""
        with Pusher(self.registry.url) as pusher:
            return pusher.push_image(*API, REBUILT_API)

    def push_new(self) -> str:
        """Let an image be pushed whose repository is new; returns its digest."""
        with Pusher(self.registry.url) as pusher:
            return pusher.push_image(*NEW, NEW_IMAGE)


def comparable(document: Document) -> Document:
    """Leave out of an exposures document what tells when facts were recorded, and row numbers."""
    for window in document["windows"]:
        del window["id"]
        for episode in window["episodes"]:
            del episode["detected"], episode["entry"]
    return document


@contextmanager
def started(folder: Path) -> Iterator[Fleet]:
    """Start both servers over what a folder holds."""
    with ExitStack() as stack:
        registry = stack.enter_context(Registry(folder / "registry"))
        mirror = stack.enter_context(Registry(folder / "mirror"))
        yield Fleet(folder, registry, mirror, FaultyTrivy.put_into(folder))


def push_first(fleet: Fleet) -> None:
    """Let both images be pushed."""
    with Pusher(fleet.registry.url) as pusher:
        pusher.push_image(*API, API_IMAGE)
        pusher.push_image(*WEB, WEB_IMAGE)


def first_day(fleet: Fleet) -> None:
    """Let everything be there, and the first pass be made."""
    push_first(fleet)
    fleet.publish(FIRST)
    assert fleet.sync(0).code == 0
