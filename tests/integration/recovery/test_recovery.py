"""After a failure the ledger is what it were without it, whatever failed, and whatever happened."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from tests.integration.recovery.faults import (
    EVERYTHING,
    LEFT_OUT,
    OF_KNOWLEDGE,
    OF_REGISTRY,
    OF_SCANNER,
    Fault,
)
from tests.integration.recovery.stage import (
    LAST,
    Stage,
    Story,
    images_move,
    knowledge_moves,
)
from tests.integration.recovery.world import Document, World
from watcher.adapters.store.engine import open_engine
from watcher.ports.store.passes import Failure


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path) -> Iterator[Stage]:
    file = tmp_path_factory.mktemp("recovery") / "watcher.db"
    engine = open_engine(f"sqlite:///{file}")
    yield Stage(engine, file, sqlite_template)
    engine.dispose()


@pytest.fixture(scope="module")
def undisturbed(stage: Stage) -> dict[Story, Document]:
    """What each story says where nothing fails."""
    return {story: stage.play(story).exposures(LAST) for story in (knowledge_moves, images_move)}


@dataclass(slots=True)
class Watch:
    """Looks at failures: each is a line, and nothing ends but what ends without them too.

    `fresh` and `stale` are what is not covered after the last of them: a day after the last
    success, and a little later.
    """

    undisturbed: Document
    stages: set[str] = field(default_factory=set)
    fresh: set[str] = field(default_factory=set)
    stale: set[str] = field(default_factory=set)

    def __call__(self, world: World, before: Document, failures: list[Failure]) -> None:
        """Look at a world behind a pass that failed."""
        for one in failures:
            assert one.subject
            assert len(one.error.splitlines()) == 1
        self.stages |= {one.stage for one in failures}
        true, was = episodes(self.undisturbed), episodes(before)
        now = episodes(world.exposures(LAST))
        for key, told in was.items():
            ended = [
                new for new, old in zip(now[key], told, strict=False) if new["to"] != old["to"]
            ]
            expected = [(one["to"], one["cause"]) for one in true[key]]
            assert all((one["to"], one["cause"]) in expected for one in ended), key
        self.fresh, self.stale = world.uncovered(2.5), world.uncovered(2.6)


def assert_no_trace(stage: Stage, story: Story, fault: Fault, undisturbed: Document) -> Watch:
    """Play a story with a fault, and make sure that nothing of it is left."""
    watch = Watch(undisturbed)
    world = stage.play(story, fault, watch)
    assert world.exposures(LAST) == undisturbed
    assert world.uncovered(LAST) == set()
    return watch


def named(*faults: Mapping[str, Fault]) -> pytest.MarkDecorator:
    members = {name: fault for some in faults for name, fault in some.items()}
    return pytest.mark.parametrize("fault", members.values(), ids=members.keys())


@named(OF_REGISTRY)
def test_a_registry_that_fails_while_nothing_moves_leaves_no_trace(
    stage: Stage, undisturbed: dict[Story, Document], fault: Fault
) -> None:
    watch = assert_no_trace(stage, knowledge_moves, fault, undisturbed[knowledge_moves])
    assert watch.stages == {"inventory"}
    assert "shop/api" in watch.stale - watch.fresh


@named(OF_KNOWLEDGE)
def test_a_database_that_comes_late_leaves_no_trace(
    stage: Stage, undisturbed: dict[Story, Document], fault: Fault
) -> None:
    watch = assert_no_trace(stage, knowledge_moves, fault, undisturbed[knowledge_moves])
    assert watch.stages == {"knowledge"}
    assert watch.fresh == set()
    assert watch.stale == {"shop/api", "shop/web"}


@named(OF_SCANNER)
def test_a_scanner_that_fails_at_new_images_leaves_no_trace(
    stage: Stage, undisturbed: dict[Story, Document], fault: Fault
) -> None:
    watch = assert_no_trace(stage, images_move, fault, undisturbed[images_move])
    assert watch.stages
    assert watch.stages <= {"catalog", "match"}


@named(OF_SCANNER, LEFT_OUT, EVERYTHING)
def test_a_match_that_comes_late_leaves_no_trace(
    stage: Stage, undisturbed: dict[Story, Document], fault: Fault
) -> None:
    assert_no_trace(stage, knowledge_moves, fault, undisturbed[knowledge_moves])


@named(OF_KNOWLEDGE, LEFT_OUT)
def test_tags_that_move_are_seen_while_knowledge_fails(
    stage: Stage, undisturbed: dict[Story, Document], fault: Fault
) -> None:
    assert_no_trace(stage, images_move, fault, undisturbed[images_move])


@named(OF_REGISTRY, EVERYTHING)
def test_what_moved_unseen_is_dated_within_its_bounds(
    stage: Stage, undisturbed: dict[Story, Document], fault: Fault
) -> None:
    watch = Watch(undisturbed[images_move])
    found = episodes(stage.play(images_move, fault, watch).exposures(LAST))
    true = episodes(undisturbed[images_move])
    assert found.keys() == true.keys()
    for key, told in found.items():
        for one, other in zip(told, true[key], strict=True):
            assert one["cause"] == other["cause"]
            assert within(one, other, "from"), (key, one, other)
            assert within(one, other, "to"), (key, one, other)


def episodes(told: Document) -> dict[tuple[str, str], list[dict[str, Any]]]:
    return {(one["repository"], one["vulnerability"]): one["episodes"] for one in told["windows"]}


def within(one: dict[str, Any], true: dict[str, Any], bound: str) -> bool:
    """Whether a true time lies where a late look says that it may."""
    found, expected = one[bound], true[bound]
    if found == expected:
        return True
    earliest = one[f"{bound}_not_before"] or found
    return earliest is not None and earliest <= expected <= found
