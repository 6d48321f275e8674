"""Supply: databases by their digests, from whoever still has them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.fakes.knowledge import FakeArtifacts, FakeLibrary
from watcher.domain.errors import NotFoundError, PermanentError, TransientError, WatcherError
from watcher.domain.reference import ArtifactReference
from watcher.ports.artifacts import ArtifactLayer
from watcher.ports.library import Shelf
from watcher.services.supply import Sources, Supply

NEAR, FAR = (ArtifactReference(host, "db", "2") for host in ("near.invalid", "far.invalid"))
JAVA = ArtifactReference("near.invalid", "java", "1")
ONE, TWO = "sha256:" + "1" * 64, "sha256:" + "2" * 64


class Shops(FakeArtifacts):
    """Sources that have some digests, or fail."""

    def __init__(self) -> None:
        super().__init__()
        self.has: dict[str, set[str] | WatcherError] = {}
        self.asked: list[tuple[str, str]] = []

    def layer(self, reference: ArtifactReference, digest: str) -> ArtifactLayer:
        self.asked.append((reference.host, digest))
        found = self.has.get(reference.host, set())
        if isinstance(found, WatcherError):
            raise found
        if digest not in found:
            raise NotFoundError(f"{reference.host} has no {digest}")
        return ArtifactLayer(digest, 1, "")


@pytest.fixture
def shops() -> Shops:
    return Shops()


@pytest.fixture
def library() -> FakeLibrary:
    return FakeLibrary()


@pytest.fixture
def supply(shops: Shops, library: FakeLibrary) -> Supply:
    return Supply(shops, library)


def test_a_database_is_had_from_the_first_source_that_still_has_it(
    supply: Supply, shops: Shops
) -> None:
    shops.has = {"far.invalid": {ONE}}
    for _ in range(2):
        supply.files(ONE, None, Sources([NEAR, FAR], []))
    assert shops.asked == [("near.invalid", ONE), ("far.invalid", ONE)]
    assert shops.pulls == 1


def test_both_databases_are_had(supply: Supply, shops: Shops, library: FakeLibrary) -> None:
    shops.has = {"near.invalid": {ONE, TWO}}
    supply.files(ONE, TWO, Sources([NEAR], [JAVA]))
    assert library.has("db", ONE)
    assert library.has("java-db", TWO)


def test_a_database_that_nobody_has_is_lasting(supply: Supply) -> None:
    with pytest.raises(PermanentError, match=r"near\.invalid has no .*; far\.invalid"):
        supply.files(ONE, None, Sources([NEAR, FAR], []))


def test_a_source_that_is_away_may_have_it_later(supply: Supply, shops: Shops) -> None:
    shops.has = {"near.invalid": TransientError("no route")}
    with pytest.raises(TransientError, match="no route"):
        supply.files(ONE, None, Sources([NEAR, FAR], []))


def test_what_somebody_else_received_meanwhile_is_not_pulled(shops: Shops) -> None:
    class Busy(FakeLibrary):
        """Another process is faster."""

        @contextmanager
        def receiving(self, digest: str) -> Iterator[Path]:
            shelf: Shelf = "db"
            self.unpack(shelf, digest, Path())
            with super().receiving(digest) as path:
                yield path

    shops.has = {"near.invalid": {ONE}}
    Supply(shops, Busy()).files(ONE, None, Sources([NEAR], []))
    assert (shops.asked, shops.pulls) == ([], 0)
