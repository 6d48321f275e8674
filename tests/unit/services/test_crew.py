"""Crews: what they refuse, and how one travels."""

from __future__ import annotations

import pickle
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import NoReturn

import pytest

from tests.fakes.knowledge import FakeArtifacts, FakeLibrary
from tests.fakes.registry import FakeRegistry
from tests.fakes.scanner import FakeScanner, Known, fake_package
from watcher.domain.errors import (
    NotFoundError,
    PermanentError,
    StartError,
    TransientError,
    UsageError,
)
from watcher.domain.package import Catalogue, Finding
from watcher.domain.reference import ArtifactReference
from watcher.ports.crew import CatalogTask, Crew, MatchTask, Wanted
from watcher.services.supply import Sources, Supply
from watcher.services.work import RemoteCrew, ScannerCrew, remote

DB = "sha256:" + "1" * 64
IMAGE = "sha256:" + "2" * 64
UNDER = Wanted("0.74.0", DB)
SOURCES = Sources([ArtifactReference("mirror.invalid", "db", "2")], [])
CATALOG = CatalogTask("local", "shop/api", IMAGE, UNDER)
PACKAGES = [(7, fake_package("p")), (9, fake_package("q"))]
MATCH = MatchTask("debian 12", PACKAGES, UNDER)


@dataclass
class Place:
    """A crew with its surroundings; its library is empty, and the mirror offers the database."""

    scanner: FakeScanner = field(default_factory=FakeScanner)
    artifacts: FakeArtifacts = field(default_factory=FakeArtifacts)
    library: FakeLibrary = field(default_factory=FakeLibrary)

    def __post_init__(self) -> None:
        self.artifacts.offered = DB
        self.scanner.put_image(IMAGE, [fake_package("p")])
        self.scanner.learn(self.library.folder(DB), [Known("p", "CVE-1"), Known("q", "CVE-2")])

    @property
    def crew(self) -> ScannerCrew:
        supply = Supply(self.artifacts, self.library)
        return ScannerCrew({"local": FakeRegistry()}, supply, SOURCES, self.scanner)


@pytest.fixture
def place() -> Place:
    return Place()


def test_a_database_that_is_not_there_is_pulled_once(place: Place) -> None:
    for _ in range(2):
        assert len(place.crew.catalog(CATALOG).occurrences) == 1
        place.crew.match(MATCH)
    assert place.artifacts.pulls == 1


def test_findings_come_back_by_the_numbers_of_their_packages(place: Place) -> None:
    found = place.crew.match(MATCH)
    assert [(number, one.vulnerability) for number, one in found] == [(7, "CVE-1"), (9, "CVE-2")]


def test_a_scanner_of_another_version_is_refused(place: Place) -> None:
    place.scanner.version = "0.75.0"
    for attempt in (lambda: place.crew.catalog(CATALOG), lambda: place.crew.match(MATCH)):
        with pytest.raises(TransientError, match=r"is of version 0\.75\.0, 0\.74\.0 is wanted"):
            attempt()
    assert (place.scanner.runs, place.artifacts.pulls) == (0, 0)


def test_a_registry_that_nobody_configured_is_named(place: Place) -> None:
    elsewhere = CatalogTask("remote", "shop/api", IMAGE, UNDER)
    with pytest.raises(PermanentError, match="no registry is called remote here"):
        place.crew.catalog(elsewhere)


def test_a_machine_without_a_scanner_may_have_one_later(place: Place) -> None:
    class Without(FakeScanner):
        @property
        def version(self) -> str:
            raise StartError("Trivy is not at 'trivy'")

        @version.setter
        def version(self, _: str) -> None:
            pass

    place.scanner = Without()
    with pytest.raises(TransientError, match="Trivy is not at 'trivy'"):
        place.crew.match(MATCH)


def test_a_database_that_nobody_has_any_more_is_told_of(place: Place) -> None:
    place.artifacts.offered = "sha256:" + "3" * 64
    with pytest.raises(PermanentError, match=f"{DB}.*cannot be had"):
        place.crew.match(MATCH)


# A crew that travels.


class Telling:
    """Signs `Crew` and says what it was put together from."""

    def __init__(self, settings: str) -> None:
        MADE.append(settings)

    def catalog(self, task: CatalogTask) -> Catalogue:
        raise NotFoundError(task.path)

    def match(self, task: MatchTask) -> list[tuple[int, Finding]]:
        del task
        return []


MADE: list[str] = []


def no_scanner(settings: str) -> NoReturn:
    raise StartError(f"no scanner for {settings}")


def no_settings(settings: str) -> NoReturn:
    raise UsageError(f"no sense in {settings}")


@pytest.fixture(autouse=True)
def _fresh(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(remote, "_CREWS", remote._Crews())
    yield
    MADE.clear()


def test_a_crew_is_put_together_once_where_it_works() -> None:
    sent = pickle.dumps(RemoteCrew("these", Telling))
    with ThreadPoolExecutor(4) as executor:
        assert list(executor.map(lambda _: pickle.loads(sent).match(MATCH), range(20)))  # noqa: S301 - of our own making
    assert MADE == ["these"]


def test_other_settings_are_another_crew_and_old_ones_are_forgotten() -> None:
    for number in range(9):
        RemoteCrew(f"set {number}", Telling).match(MATCH)
    assert len(MADE) == 9
    RemoteCrew("set 8", Telling).match(MATCH)
    assert len(MADE) == 9
    RemoteCrew("set 0", Telling).match(MATCH)
    assert len(MADE) == 10


def test_what_its_crew_raises_goes_through() -> None:
    with pytest.raises(NotFoundError, match="shop/api"):
        RemoteCrew("these", Telling).catalog(CATALOG)


@pytest.mark.parametrize("outfit", [no_scanner, no_settings])
def test_a_machine_without_an_outfit_may_have_one_later(outfit: Callable[[str], Crew]) -> None:
    with pytest.raises(TransientError, match=r"for us|in us"):
        RemoteCrew("us", outfit).match(MATCH)


def test_settings_are_not_shown() -> None:
    assert "geheim" not in repr(RemoteCrew("geheim", Telling))
