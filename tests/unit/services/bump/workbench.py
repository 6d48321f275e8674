"""A record of lineages in memory: streams on bases, what images hold, and what that matches."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from tests.unit.domain.days import day
from watcher.domain.knowledge import KnowledgeVersion
from watcher.domain.lineage import Contents, Installed, PackageSet, System
from watcher.domain.package import Severity
from watcher.domain.policy import by_severity
from watcher.domain.reference import Repository
from watcher.domain.ticket import BumpTicket, Cause, Line, LineName, Rated, TicketKey
from watcher.ports.store.bumps import Remembered
from watcher.ports.store.ledger import Track
from watcher.ports.store.lineages import (
    BaseHead,
    Built,
    Construction,
    Excuses,
    Flaw,
    HeldIn,
)
from watcher.ports.store.passes import PassRecord
from watcher.report.dues import Judge
from watcher.services.bump import Planner, Planning

AMD = "linux/amd64"
OLD, NEW = 1, 2  # images of the base
LINEAGE = "local/base/python:3.12"
SHOP = Cause("shop", LINEAGE)
VERSION = KnowledgeVersion(1, "0.74.0", "sha256:db", day(8), day(8), day(8))


def line_name(stream: str, platform: str = AMD) -> LineName:
    return LineName(f"local/{stream}:latest", platform)


def team_of(stream: str) -> str | None:
    team = stream.split("/")[1]
    return None if team == "lost" else team


def address(one: Repository) -> str:
    return f"registry.example/{one.path}"


JUDGE = Judge(by_severity("some", {"CRITICAL": 7, "HIGH": 30, "MEDIUM": None, "LOW": None}))
PLANNING = Planning(team_of, address, "HIGH", lambda: JUDGE)


@dataclass(slots=True)
class Workbench:
    """Signs what of `Lineages` and `Bumps` a planner reads.

    Packages are written `name=version` in the layers of an image; `flaws` are by that text. A
    package of the image 1, the old base, is in the layer `old`.
    """

    images: dict[int, dict[str, list[str]] | None] = field(default_factory=dict)
    flaws_of: dict[str, list[tuple[str, Severity, str]]] = field(default_factory=dict)
    members: list[Built] = field(default_factory=list)
    heads: dict[LineName, int | None] = field(default_factory=dict)
    started: dict[tuple[str, str], datetime] = field(default_factory=dict)
    tickets: list[Remembered] = field(default_factory=list)
    plans: list[BumpTicket] = field(default_factory=list)
    planning: Planning = PLANNING
    tag: str = "3.12"  # of the lineage
    others: list[BaseHead] = field(default_factory=list)  # other tags beside the lineage
    ended: dict[int, str] = field(default_factory=dict)  # images whose system's maintenance ended
    excuses: dict[HeldIn, Excuses] = field(default_factory=dict)
    _numbers: dict[str, int] = field(default_factory=dict)
    _sets: dict[tuple[str, ...], int] = field(default_factory=dict)

    # what tests say

    def on(
        self,
        stream: str,
        image: int,
        base: int = OLD,
        *,
        platform: str = AMD,
        head: int = NEW,
        grade: str = "layers",
    ) -> None:
        """Let a stream point to an image on a base of the lineage, whose head is another."""
        track = Track(len(self.members), platform)
        repository, python = Repository("local", stream), Repository("local", "base/python")
        self.members = [
            one for one in self.members if self._name(one) != line_name(stream, platform)
        ]
        newest = BaseHead(99, python, self.tag, platform, head, f"sha256:base{head}", day(9))
        self.members.append(
            Built(
                track=track,
                repository=repository,
                by="tag",
                stream="latest",
                image=image,
                digest=f"sha256:image{image}",
                base=base,
                base_digest=f"sha256:base{base}",
                base_since=day(-20 + base),
                grade=grade,
                evidence="",
                head=newest,
            )
        )
        self.heads[line_name(stream, platform)] = image

    def leave(self, stream: str, image: int | None) -> None:
        """Let a stream point to an image that stands on no base of the lineage."""
        self.members = [one for one in self.members if self._name(one) != line_name(stream)]
        self.heads[line_name(stream)] = image

    def planner(self) -> Planner:
        return Planner(self, self, self.planning)  # type: ignore[arg-type]  # only what is read

    def draw(self, at: float = 10) -> list[BumpTicket]:
        """Plan on a day, and remember the plans as the stage does."""
        self.plans = self.planner().draw(PassRecord(1, day(at)), VERSION)
        return self.plans

    def file(self, *lines: Line, listed: Iterable[str] = ("V",), **told: Any) -> Remembered:  # noqa: ANN401 any field
        """Remember an open ticket with lines."""
        rated = {name: Rated("HIGH") for name in listed}
        values: dict[str, Any] = {
            "key": TicketKey(1, SHOP),
            "tracker": "t",
            "ticket": "1",
            "url": None,
            "closed_by": None,
            "closed_at": None,
            "lines": lines,
            "listed": rated,
            "outstanding": rated,
            **told,
        }
        self.tickets.append(Remembered(**values))
        return self.tickets[-1]

    def close(self, by: str, at: float) -> None:
        """Remember the last ticket as closed."""
        told: Any = {"closed_by": by, "closed_at": day(at)}
        self.tickets[-1] = replace(self.tickets[-1], **told)

    # the ports

    def construction(self) -> Construction:
        heads = {(one.head.name, one.head.platform): one.head for one in self.members}
        return Construction(self.members, [*heads.values(), *self.others])

    def published(self) -> dict[LineName, int | None]:
        return self.heads

    def contents(self, images: Collection[int]) -> Contents:
        found: dict[int, tuple[PackageSet, ...]] = {}
        for image in images:
            layers = self.images.get(image)
            if layers is not None:
                found[image] = tuple(self._set(layer, held) for layer, held in layers.items())
        systems = {
            image: System(self.ended.get(image, "debian 12"), image in self.ended)
            for image in images
        }
        return Contents(found, systems)

    def excused(self, wanted: Collection[HeldIn]) -> dict[HeldIn, Excuses]:
        return {one: told for one, told in self.excuses.items() if one in wanted}

    def flaws(self, packages: Collection[int]) -> Mapping[int, Sequence[Flaw]]:
        found: dict[int, Sequence[Flaw]] = {}
        names = [*dict.fromkeys(name for told in self.flaws_of.values() for name, *_ in told)]
        for text, number in self._numbers.items():
            if number in packages and text in self.flaws_of:
                package, version = text.split("=")
                found[number] = [
                    Flaw(names.index(name), name, severity, package, version, fixed, None)
                    for name, severity, fixed in self.flaws_of[text]
                ]
        return found

    def remembered(self) -> list[Remembered]:
        return self.tickets

    def planned(self, _upto: int) -> list[BumpTicket]:
        return self.plans

    def open_since(
        self, tracks: Collection[Track], asked: Collection[str]
    ) -> dict[str, dict[Track, datetime]]:
        names = {one.track: f"{one.repository.path}" for one in self.members}
        found: dict[str, dict[Track, datetime]] = {}
        for (path, name), at in self.started.items():
            if name in asked:
                held = {track: at for track in tracks if names[track] == path}
                found[name] = found.get(name, {}) | held
        return found

    @staticmethod
    def _name(built: Built) -> LineName:
        return LineName(f"{built.repository}:{built.stream}", built.track.platform)

    def _set(self, layer: str, held: list[str]) -> PackageSet:
        number = self._sets.setdefault((layer, *held), len(self._sets) + 1)
        return PackageSet(
            number,
            layer,
            tuple(
                Installed(self._number(text), text.split("=")[0], not text.startswith("py-"))
                for text in held
            ),
        )

    def number(self, text: str) -> int:
        """The number of a package."""
        return self._number(text)

    def _number(self, text: str) -> int:
        return self._numbers.setdefault(text, len(self._numbers) + 1)


def workbench() -> Workbench:
    """An old base with a high flaw, a new one without, and one app on the old one."""
    bench = Workbench()
    bench.images = {
        OLD: {"old": ["ssl=1", "tar=1"]},
        NEW: {"new": ["ssl=2", "tar=1"]},
        10: {"old": ["ssl=1", "tar=1"], "app": ["py-jinja=3"]},
    }
    bench.flaws_of = {"ssl=1": [("V", "HIGH", "2")], "tar=1": [("W", "LOW", "")]}
    bench.on("shop/api", 10)
    bench.started = {("shop/api", "V"): day(10) - timedelta(days=40)}
    return bench
