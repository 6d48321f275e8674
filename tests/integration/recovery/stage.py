"""Two stories, and the stage on which they are played with a fault on some of their days."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Engine

from tests.integration.recovery.faults import Fault
from tests.integration.recovery.world import Document, World
from watcher.ports.store.passes import Failure

PASSES = (0, 1, 1.5, 2, 2.5, 3)
DISTURBED = (1, 2, 2.5)
LAST = 3

Story = Callable[[World, float], None]
Look = Callable[[World, Document, list[Failure]], None]


def knowledge_moves(world: World, number: float) -> None:
    """Only databases are new."""
    if number == 0:
        world.push("shop/api", "latest", "p1", "p2", created=-20)
        world.push("shop/web", "latest", "p3/alpine 3.19", "p5", created=-10)
        world.publish(-0.25, {"p1": ["OLD"], "p2": ["GONE"]})
    elif number == 1:
        world.publish(0.75, {"p1": ["OLD"], "p3": ["NEW"], "p5": ["NEW"]})
    elif number == 2:
        world.publish(1.75, {"p1": ["OLD", "NEW"], "p2": ["GONE"], "p5": ["NEW"]})


def images_move(world: World, number: float) -> None:
    """Only images are new: rebuilt, rolled back, pushed for the first time, deleted."""
    if number == 0:
        world.push("shop/api", "latest", "p1", "p2", created=-20)
        world.push("shop/web", "latest", "p3/alpine 3.19", created=-10)
        world.publish(-0.25, {"p1": ["OLD"], "p2": ["GONE"], "p3": ["NEW"], "p4": ["OLD"]})
    elif number == 1:
        world.push("shop/api", "latest", "p2", "p4", created=0.5)
        world.push("shop/new", "latest", "p1", "p3", created=0.5)
    elif number == 2:
        world.push("shop/api", "latest", "p1", "p2", created=-20)
        world.registry.delete("shop/web", "latest")


@dataclass(frozen=True, slots=True)
class Stage:
    """Where stories are played: one database file, put back each time."""

    engine: Engine
    file: Path
    empty: Path

    def play(self, story: Story, fault: Fault | None = None, look: Look | None = None) -> World:
        """Play a story in a fresh world; `look` sees each pass that the fault hit."""
        self.engine.dispose()  # the last connection writes everything back into the one file
        shutil.copyfile(self.empty, self.file)
        state = self.file.with_name("state")
        shutil.rmtree(state, ignore_errors=True)
        world = World(self.engine, state)
        for number in PASSES:
            story(world, number)
            if fault and number in DISTURBED:
                before = world.exposures(LAST)
                with fault(world):
                    failures = world.sync(number).failures
                if look:
                    look(world, before, failures)
            else:
                assert world.sync(number).failures == []
        return world
