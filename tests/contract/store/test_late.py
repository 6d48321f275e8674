"""Nothing is recorded in the name of a pass that is over, whichever way it came to its end."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from importlib import import_module
from pkgutil import iter_modules
from threading import Event, Thread
from typing import Any, get_type_hints

import pytest
from sqlalchemy import Engine, event, select

from tests.contract.store.record import begin
from tests.contract.store.writes import WRITES, prepare
from watcher.adapters.store.passes import SqlPasses
from watcher.adapters.store.tables import metadata
from watcher.ports import store as ports
from watcher.ports.store.passes import PassRecord, PassState, TooLateError

Opening = Callable[[str], Engine]

# What is told a pass and only reads.
READS = {"Audits.of_pass", "Ledger.pending", "Matches.changed", "Passes.previous_snapshot"}


def contents(engine: Engine) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table."""
    with engine.connect() as connection:
        return {
            table.name: [
                tuple(row) for row in connection.execute(select(table).order_by(*table.primary_key))
            ]
            for table in metadata.sorted_tables
        }


def of_passes() -> Iterator[str]:
    """All methods of ports to a record that are told a pass, as port and method."""
    for found in iter_modules(ports.__path__):
        module = import_module(f"{ports.__name__}.{found.name}")
        for name, port in inspect.getmembers(module, inspect.isclass):
            if port.__module__ != module.__name__ or not getattr(port, "_is_protocol", False):
                continue
            for method, function in inspect.getmembers(port, inspect.isfunction):
                hints = get_type_hints(function)
                hints.pop("return", None)
                if any(
                    isinstance(hint, type) and issubclass(hint, PassRecord)
                    for hint in hints.values()
                ):
                    yield f"{name}.{method}"


def test_every_way_to_record_something_in_the_name_of_a_pass_is_tried_here() -> None:
    assert set(of_passes()) - READS == WRITES.keys()


@pytest.mark.parametrize("name", WRITES)
def test_nothing_is_recorded_in_the_name_of_a_pass_that_is_over(
    engine: Engine, database_url: str, opening: Opening, name: str
) -> None:
    prepare(engine)
    this = begin(engine, 1)
    other = begin(opening(database_url), 1)
    before = contents(engine)
    with pytest.raises(TooLateError, match=f"pass {this.number} is over"):
        WRITES[name](engine, this)
    assert contents(engine) == before
    # In the name of the one that runs, the same is recorded: it was no empty call.
    WRITES[name](engine, other)
    assert contents(engine) != before


@pytest.mark.parametrize("state", ["complete", "partial", "abandoned"])
def test_a_pass_is_over_in_whatever_state_it_ended(engine: Engine, state: PassState) -> None:
    this, passes = begin(engine, 1), SqlPasses(engine)
    passes.finish(this, state, {})
    before = contents(engine)
    with pytest.raises(TooLateError) as error:
        passes.cover(this, "inventory", {1})
    assert "\n" not in str(error.value)
    assert contents(engine) == before


def test_what_comes_while_a_pass_is_taken_over_waits_and_is_refused(
    engine: Engine, database_url: str, opening: Opening
) -> None:
    this, other = begin(engine, 1), opening(database_url)
    beginning, go_on = Event(), Event()
    refused: list[str] = []

    def wait(_connection: object) -> None:
        beginning.set()
        assert go_on.wait(30)

    def write() -> None:
        try:
            SqlPasses(engine).cover(this, "inventory", {1})
        except TooLateError as error:
            refused.append(str(error))

    event.listen(other, "commit", wait)
    threads = [Thread(target=begin, args=(other, 2)), Thread(target=write)]
    threads[0].start()
    assert beginning.wait(30)
    threads[1].start()
    threads[1].join(0.2)
    assert threads[1].is_alive()
    go_on.set()
    for one in threads:
        one.join()
    assert len(refused) == 1
    assert contents(engine)["coverage"] == []
