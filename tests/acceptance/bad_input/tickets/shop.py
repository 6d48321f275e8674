"""Two apps on a base that is rebuilt without its flaw, as days from the story's midnight.

On day 1 both stand on the old base; the base is rebuilt on day 2; on day 3 the ticket is filed. An
app is rebuilt on the new base where a test says so.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from tests.acceptance.bad_input.fleet import Document, Fleet, Told, started
from tests.acceptance.bad_input.story import day, written
from watcher.demo.workshop import (
    PIP,
    Artifact,
    DebianPackage,
    Image,
    LanguageAdvisory,
    OsAdvisory,
    Pusher,
    PythonPackage,
    VulnerabilityDetail,
    built_on,
    debian_base,
    python_layer,
    trivy_database,
)
from watcher.demo.workshop.blobs import Json

BASE = ("base/python", "3.12")
OLD_OPENSSL, NEW_OPENSSL = "3.0.11-1~deb12u2", "3.0.14-1~deb12u2"
PACKAGES = (DebianPackage("libc6", "2.36-9", source="glibc"), DebianPackage("bash", "5.2.15-2"))
ADVISORIES = (
    OsAdvisory("debian 12", "openssl", "CVE-2026-1", fixed_version=NEW_OPENSSL),
    OsAdvisory("debian 12", "glibc", "CVE-2026-2", status="affected"),
    LanguageAdvisory(PIP, "jinja2", "CVE-2026-3", ("<3.1.4",), ("3.1.4",)),
)


def base_of(openssl: str, created: float) -> Image:
    """A base with this openssl."""
    system = [DebianPackage("openssl", openssl), *PACKAGES]
    return Image([debian_base("12.5", system)], created=day(created))


OLD_BASE, NEW_BASE = base_of(OLD_OPENSSL, -50), base_of(NEW_OPENSSL, 2)


def app_on(
    base: Image, name: str, created: float, annotations: Mapping[str, str] | None = None
) -> Image:
    """An app with a flaw of its own."""
    layers = [python_layer([PythonPackage("Jinja2", "3.1.2"), PythonPackage(name, "1.0")])]
    image = built_on(base, layers, created=day(created))
    return Image(image.layers, created=image.created, annotations=dict(annotations or {}))


def knowledge(
    advisories: Sequence[OsAdvisory | LanguageAdvisory] = ADVISORIES, title: str = "A flaw"
) -> Artifact:
    """A database that tells of these, all of high severity."""
    names = {one.vulnerability for one in advisories}
    details = [
        VulnerabilityDetail(name, title=title, severity="HIGH", published=day(0))
        for name in sorted(names)
    ]
    return trivy_database(advisories, details, updated_at=day(0)).artifact()


@dataclass(frozen=True, slots=True)
class Shop:
    """The fleet of bad inputs, with bases, owners and a folder of tickets."""

    fleet: Fleet

    @property
    def folder(self) -> Path:
        """Where the tickets are."""
        return self.fleet.folder / "tickets"

    def push(self, repository: str, image: Image, tag: str = "latest") -> None:
        """Point a tag at an image."""
        with Pusher(self.fleet.registry.url) as pusher:
            pusher.push_image(repository, tag, image)

    def rebuild(self, *names: str, created: float = 4) -> None:
        """Let apps be built anew on the new base."""
        for name in names:
            self.push(f"shop/{name}", app_on(NEW_BASE, name, created))

    def sync(self, number: float, *options: str) -> Told:
        """Make the pass of a day, on that day."""
        answer = ("--format", "json", "-o", str(self.fleet.folder / "answer.json"))
        at = day(number)
        return self.fleet.watcher("sync", "--at", written(at), *options, *answer, now=at)

    def bumps(self, *options: str) -> list[Document]:
        """What `bumps` says."""
        told = self.fleet.asked("bumps", *options)
        assert told.code == 0
        found: list[Document] = told.document["bumps"]
        return found

    def standing(self, number: float) -> tuple[str, str | None]:
        """The state of the one bump as it is on a day, and until when it holds."""
        answer = ("--format", "json", "-o", str(self.fleet.folder / "answer.json"))
        (bump,) = self.fleet.watcher("bumps", *answer, now=day(number)).document["bumps"]
        return bump["state"], bump["until"]

    def files(self) -> list[str]:
        """The tickets' files by name."""
        return sorted(one.name for one in self.folder.glob("*.md"))

    def ticket(self, number: int = 1) -> tuple[dict[str, Any], str]:
        """A ticket's front matter and text."""
        text = (self.folder / f"{number}.md").read_text(encoding="utf-8")
        _, front, body = text.split("---\n", 2)
        return yaml.safe_load(front), body

    def own(self, *owners: Mapping[str, Json], trackers: bool = True) -> None:
        """Let these be the owners."""
        folder: list[Json] = [{"name": "t", "kind": "folder", "path": str(self.folder)}]
        self.fleet.changes = {
            "bases": ["local/base/**"],
            "owners": [dict(one) for one in owners],
            "trackers": folder if trackers else [],
        }


SHOP_OWNER: dict[str, Json] = {"match": "local/shop/**", "team": "shop", "tracker": "t"}


def counts(told: Told) -> tuple[int, int, int]:
    """How many tickets were created, updated and closed."""
    found = told.document["counts"]
    return found["tickets_created"], found["tickets_updated"], found["tickets_closed"]


@contextmanager
def open_shop(folder: Path) -> Iterator[Shop]:
    """Start the servers over what a folder holds."""
    with started(folder) as fleet:
        fleet.watched = {"include": ["shop/**"]}
        shop = Shop(fleet)
        shop.own(SHOP_OWNER)
        yield shop


def before_the_ticket(shop: Shop, *more: OsAdvisory) -> None:
    """Let all stand on the old base, and the base be rebuilt behind it."""
    shop.fleet.publish(knowledge([*ADVISORIES, *more]))
    shop.push(BASE[0], OLD_BASE, BASE[1])
    for name in ("api", "web"):
        shop.push(f"shop/{name}", app_on(OLD_BASE, name, -20))
    assert shop.sync(1).code == 0
    shop.push(BASE[0], NEW_BASE, BASE[1])
