"""The keeper: a configuration read again takes effect whole, and a broken one not at all."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from threading import Event
from types import SimpleNamespace
from typing import Any, cast

import pytest

from watcher.bootstrap import App
from watcher.cli.progress import SilentProgress
from watcher.config import Config
from watcher.config.engine import Web
from watcher.domain.errors import StartError, UsageError, WatcherError
from watcher.run.condition import Condition
from watcher.run.keeper import Keeper
from watcher.run.notify import Supervisor
from watcher.run.service import Parts, Service

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


def named(port: int) -> Config:
    return Config(web=Web(listen=f"127.0.0.1:{port}"))


class Told(Supervisor):
    """Keeps what it was to tell."""

    said: list[str]

    def _tell(self, what: str) -> None:
        self.said.append(what.partition("\n")[0])


@dataclass
class House:
    """What a keeper keeps: configurations to read, one after the other, and what served."""

    files: list[Config | WatcherError]
    wrong: dict[int, str] = field(default_factory=dict)  # what fails under which port
    served: list[str] = field(default_factory=list)
    said: list[str] = field(default_factory=list)
    condition: Condition = field(default_factory=Condition)
    supervisor: Told = field(default_factory=Told)

    def __post_init__(self) -> None:
        object.__setattr__(self.supervisor, "said", [])
        self.keeper = Keeper(
            self.read,
            cast("Any", self.build),
            cast("Any", self.service),
            lambda: NOW,
            self.say,
            SilentProgress(),
            self.supervisor,
            self.condition,
        )

    def say(self, line: str) -> None:
        self.said.append(line)
        if "stays in force" in line:
            self.keeper.end()

    def read(self) -> Config:
        found = self.files.pop(0)
        if isinstance(found, WatcherError):
            raise found
        return found

    @contextmanager
    def build(self, config: Config) -> Iterator[Any]:
        port = int(config.web.listen.rpartition(":")[2])

        def require(*, own_upgrade: bool) -> None:
            assert own_upgrade
            if self.wrong.get(port) == "database":
                raise StartError("the database is away")

        database = SimpleNamespace(require=require)
        yield SimpleNamespace(config=config, database=database, parts=lambda _: None)

    def service(self, app: App, stop: Event, condition: Condition) -> Service:
        assert condition is self.condition
        port = int(app.config.web.listen.rpartition(":")[2])

        @contextmanager
        def serving() -> Iterator[Parts]:
            if self.wrong.get(port) == "port":
                raise StartError(f"the web cannot listen on {port}")
            self.served.append(str(port))
            if self.files:
                self.keeper.read_anew()
            elif "7" not in map(str, self.wrong) or self.said:
                self.keeper.end()
            yield Parts([])
            stop.set()

        return cast("Service", SimpleNamespace(serving=serving))


def test_what_is_read_again_takes_effect() -> None:
    house = House([named(1), named(2), named(3)])
    assert house.keeper.keep()
    assert house.served == ["1", "2", "3"]
    assert house.condition.parts()["configuration"].well
    told = ["READY=1", "RELOADING=1", "READY=1", "RELOADING=1", "READY=1"]
    assert [one for one in house.supervisor.said if one != "WATCHDOG=1"][:5] == told


@pytest.mark.parametrize(
    ("broken", "line"),
    [
        (UsageError("watcher.yaml:3: web.port: unknown key"), "watcher.yaml:3: web.port"),
        (named(7), "the database is away"),
    ],
)
def test_a_broken_configuration_leaves_what_serves_alone(
    broken: Config | WatcherError, line: str
) -> None:
    house = House([named(1), broken], wrong={7: "database"})
    assert house.keeper.keep()
    assert house.served == ["1"]
    assert any(line in one for one in house.said)
    assert not house.condition.parts()["configuration"].well
    assert house.supervisor.said[-3:] == ["RELOADING=1", "READY=1", "STOPPING=1"]


def test_where_the_new_one_does_not_come_up_the_one_before_serves_again() -> None:
    house = House([named(1), named(7)], wrong={7: "port"})
    assert house.keeper.keep()
    assert house.served == ["1", "1"]
    assert any("the web cannot listen on 7" in one for one in house.said)
    assert not house.condition.parts()["configuration"].well


def test_a_first_configuration_that_is_broken_is_an_error() -> None:
    with pytest.raises(UsageError, match="nothing of it"):
        House([UsageError("nothing of it")]).keeper.keep()
    with pytest.raises(StartError, match="cannot listen on 7"):
        House([named(7)], wrong={7: "port"}).keeper.keep()
