"""How many statements a pass takes: nothing that did not change may cost one each."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from sqlalchemy import Engine, event

from tests.contract.store.fleet import Fleet, day, exposures

Opening = Callable[[str], Engine]
SMALL, LARGE = 20, 200  # repositories


@contextmanager
def counted(engine: Engine) -> Iterator[Counter[str]]:
    """Count statements by their text, but for beats, which come with time, and SQLite's BEGINs."""
    statements: Counter[str] = Counter()

    def count(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        if not statement.startswith(("UPDATE workers", "BEGIN")):
            statements[statement] += 1

    event.listen(engine, "before_cursor_execute", count)
    yield statements
    event.remove(engine, "before_cursor_execute", count)


def fleet_of(size: int) -> Fleet:
    """Repositories with a tag and a version each, packages of their own and shared ones."""
    fleet = Fleet()
    for number in range(size):
        path, own = f"shop/r{number}", f"p{number}"
        fleet.push(path, "main", [own, "base"], created=day(-3), pushed_at=day(-2))
        fleet.push(path, "1.0.0", [f"{own}-old", "base"], created=day(-9))
    fleet.learn(day(-1), {"base": ["V"], **{f"p{n}": ["W"] for n in range(size)}})
    return fleet


def statements_of(engine: Engine, size: int) -> dict[str, int]:
    """Statements of a pass by what had happened before it, and of reading the ledger."""
    fleet, taken = fleet_of(size), {}
    every = {f"p{n}": ["W"] for n in range(size)}

    def retire() -> None:
        for number in range(size):
            fleet.registry.delete(f"shop/r{number}", "main")

    happenings: dict[str, Callable[[], object]] = {
        "everything": lambda: None,
        "nothing": lambda: None,
        "new knowledge": lambda: fleet.learn(day(1), {"base": ["V", "X"], **every}),
        "the same knowledge": lambda: fleet.learn(day(2), {"base": ["V", "X"], **every}),
        "a new image": lambda: fleet.push("shop/new", "main", ["own", "base"], created=day(3)),
        "every tag gone": retire,
        "another rule": lambda: setattr(fleet, "by", "tag"),
    }
    for at, (name, happen) in enumerate(happenings.items()):
        happen()
        with counted(engine) as statements:
            assert fleet.sync(engine, day(at)).failures == []
        taken[name] = statements.total()
    with counted(engine) as statements:
        assert len(exposures(engine, day(9))["windows"]) > 3 * size
    taken["read"] = statements.total()
    return taken


def test_what_a_pass_asks_does_not_grow_with_the_fleet(
    engine: Engine, other_url: str, opening: Opening
) -> None:
    small, large = statements_of(opening(other_url), SMALL), statements_of(engine, LARGE)
    assert small["nothing"] == large["nothing"] <= 130
    # One vulnerability more in every image is one batch, as is none: what was found is compared,
    # not asked for image by image.
    assert small["new knowledge"] == large["new knowledge"] <= 180
    assert small["the same knowledge"] == large["the same knowledge"] <= 165
    assert small["a new image"] == large["a new image"] <= 240
    # Whole streams are folded a hundred at a time, so that ten times as many may cost a few more.
    assert large["every tag gone"] <= small["every tag gone"] + 20
    assert large["another rule"] <= small["another rule"] + 40
    assert large["read"] <= small["read"] + 81
    # From its tag to the ledger; a tag and a version are new in each repository.
    assert large["everything"] - small["everything"] <= 32 * 2 * (LARGE - SMALL)


def test_a_pass_in_which_nothing_changed_writes_to_its_own_rows_and_coverage_alone(
    engine: Engine,
) -> None:
    fleet = fleet_of(SMALL)
    fleet.sync(engine, day(0))
    with counted(engine) as statements:
        fleet.sync(engine, day(1))
    wrote = re.compile(r"(?:UPDATE|INSERT INTO|DELETE FROM|COPY) (\w+)")
    tables = {found[1] for one in statements if (found := wrote.match(one))}
    # What a pass and its worker say of themselves, and until when everything is seen.
    assert tables == {"passes", "workers", "coverage"}
