"""A small fleet on real servers with a watcher over it, and three days that tests disturb.

Day 0 is undisturbed. A database that tells of curl and withdraws jinja is published before day 1,
whose pass is the one that tests disturb; day 2 follows on a world that is well again.
"""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from tests.acceptance.bad_input.trivy import FaultyTrivy
from watcher.cli.application import run
from watcher.cli.session import Session
from watcher.demo.advisories import CURL, JINJA, OPENSSL, news
from watcher.demo.fleet import (
    NEW_OPENSSL,
    OLD_CURL,
    OLD_JINJA,
    OLD_OPENSSL,
    python,
)
from watcher.demo.fleet import Fleet as Images
from watcher.demo.play import DATABASE, VERSION
from watcher.demo.workshop import Artifact, Pusher, Registry, trivy_database
from watcher.demo.workshop.blobs import Json, json_bytes

START = datetime(2026, 3, 2, tzinfo=UTC)
IMAGES = Images(START)
API, WEB = ("shop/api", "latest"), ("shop/web", "latest")

Document = dict[str, Any]
LONGEST = 900  # characters of a line, with two digests and an address in it


def day(number: float) -> datetime:
    """A time, as days from the story's midnight."""
    return START + timedelta(days=number)


def written(at: datetime) -> str:
    """A time as options take it."""
    return f"{at:%Y-%m-%dT%H:%M:%SZ}"


def database(updated: float, *told: str) -> Artifact:
    """A database of that day which tells of these vulnerabilities."""
    said = news(START, updated, *told)
    return trivy_database(said.advisories, said.details, updated_at=day(updated)).artifact()


FIRST, SECOND = database(-0.25, OPENSSL, JINJA), database(0.75, OPENSSL, CURL)


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
            return pusher.push_image(*API, IMAGES.debian(NEW_OPENSSL, python(OLD_JINJA), 0.5))

    def push_new(self) -> str:
        """Let an image be pushed whose repository is new; returns its digest."""
        with Pusher(self.registry.url) as pusher:
            image = IMAGES.alpine(OLD_CURL, python(OLD_JINJA), 0.5)
            return pusher.push_image("data/ingest", "latest", image)


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
        pusher.push_image(*API, IMAGES.debian(OLD_OPENSSL, python(OLD_JINJA), -20))
        pusher.push_image(*WEB, IMAGES.alpine(OLD_CURL, [], -12))


def first_day(fleet: Fleet) -> None:
    """Let everything be there, and the first pass be made."""
    push_first(fleet)
    fleet.publish(FIRST)
    assert fleet.sync(0).code == 0


def episodes(document: Document) -> dict[tuple[str, str], list[Document]]:
    """The episodes of each stream and vulnerability."""
    return {
        (f"{one['repository']}:{one['stream']}", one["vulnerability"]): one["episodes"]
        for one in document["windows"]
    }


def assert_nothing_ended(before: Document, after: Document, undisturbed: Document) -> None:
    """Make sure that what was open still is, but for what ended where nothing failed too."""
    now, anyway = episodes(after), episodes(undisturbed)
    for key, told in episodes(before).items():
        for number, one in enumerate(told):
            if one["to"] is None and now[key][number]["to"] is not None:
                assert now[key][number] == anyway[key][number], key


def assert_uncertain(found: Document, undisturbed: Document) -> None:
    """Make sure that only the bounds of what a late look at shop/api saw differ, and how far.

    The rebuild happened before day 1, whose look at it failed, and was seen on day 2.
    """
    late, true = episodes(found), episodes(undisturbed)
    assert late.keys() == true.keys()
    (fixed,), (fixed_at,) = (one.pop(("shop/api:latest", OPENSSL)) for one in (late, true))
    assert late == true
    assert (fixed["to_not_before"], fixed["to"]) == (written(day(0)), written(day(2)))
    assert fixed["to_not_before"] < fixed_at["to"] == written(day(1)) < fixed["to"]
    assert fixed | {"to": fixed_at["to"]} == fixed_at


def assert_clear(line: str, *named: str) -> None:
    """Make sure that a line of stderr is one for a person, and names all this."""
    assert line.startswith("watcher: ")
    assert "Traceback" not in line
    assert len(line) < LONGEST
    for name in named:
        assert name in line
