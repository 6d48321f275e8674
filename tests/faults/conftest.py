"""The story played undisturbed, once for each kind of database and each kind of parts."""

from __future__ import annotations

import os
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Final

import pytest

from tests.faults.harness.drill import Drill, Played, Verdict
from tests.faults.harness.places import Places
from tests.faults.harness.play import Setting
from tests.faults.harness.storm import Storm, Weathered, seconds_of
from tests.faults.harness.trial import Disturbance
from tests.faults.story.real import Servers, served_days
from tests.faults.story.world import in_memory
from tests.servers.postgres import Postgres

# `make faults` sets it: every point with real parts, and hundreds of kills.
WHOLE: Final = os.environ.get("WATCHER_FAULTS") == "whole"
_LANES: Final = os.cpu_count() or 2
BACKENDS: Final = ("sqlite", "postgresql")


@dataclass
class Grounds:
    """One kind of database and one kind of parts, with the story played on them."""

    places: Places
    setting: Setting

    @property
    def on_server(self) -> bool:
        """Whether the database is a server's, rather than a file."""
        return self.places.sockets is not None

    @cached_property
    def drill(self) -> Drill:
        """What disturbs the story step by step."""
        return Drill(self.places, self.setting, _LANES)

    @cached_property
    def played(self) -> Played:
        """The story undisturbed."""
        return self.drill.undisturbed()

    def judged(self, disturbances: list[Disturbance]) -> list[Verdict]:
        """Disturb it in every way given; what went wrong."""
        assert disturbances
        return [one for one in self.drill.judged(self.played, disturbances) if one.wrong]

    def weathered(self, plays: int) -> list[Weathered]:
        """Play it so many times in a storm."""
        usual = seconds_of(self.places, self.setting)
        storm = Storm(self.places, self.setting, self.played.expected, usual, _LANES)
        return list(storm.plays([random.SystemRandom().randrange(2**32) for _ in range(plays)]))


@pytest.fixture(scope="session")
def grounds_of(
    postgres_server: Postgres, tmp_path_factory: pytest.TempPathFactory
) -> Callable[[str, Setting], Grounds]:
    def made(backend: str, setting: Setting) -> Grounds:
        sockets = postgres_server.sockets if backend == "postgresql" else None
        return Grounds(Places(tmp_path_factory.mktemp("drill"), sockets), setting)

    return made


@pytest.fixture(scope="session", params=BACKENDS)
def imagined(
    request: pytest.FixtureRequest, grounds_of: Callable[[str, Setting], Grounds]
) -> Grounds:
    """Registry, sources and scanner in memory; record, databases and tickets real."""
    return grounds_of(request.param, in_memory)


@pytest.fixture(scope="session")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Servers]:
    with served_days(Path(tmp_path_factory.mktemp("servers"))) as servers:
        yield servers


@pytest.fixture(scope="session", params=BACKENDS)
def real(
    request: pytest.FixtureRequest,
    grounds_of: Callable[[str, Setting], Grounds],
    servers: Servers,
) -> Grounds:
    """Everything real."""
    return grounds_of(request.param, servers.setting)
