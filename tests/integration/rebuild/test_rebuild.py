"""The ledger held against its facts: they agree whatever happened, and each difference is named."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, delete, func, insert, select, update

from tests.fakes.progress import Silent
from tests.integration.store_views.conftest import Fleet, day
from tests.integration.web.conftest import configured
from tests.integration.web.streams import small_fleet
from watcher.adapters.store.engine import open_engine
from watcher.adapters.store.recount import SqlRecount
from watcher.adapters.store.tables.knowledge import vulnerabilities
from watcher.adapters.store.tables.ledger import episodes, windows
from watcher.adapters.store.tables.passes import passes
from watcher.cli import Session, run
from watcher.services.rebuild import Rebuilt, rebuild


def rebuilt(engine: Engine) -> Rebuilt:
    return rebuild(SqlRecount(engine), None, Silent())


def told(result: Rebuilt) -> list[tuple[str, str, str]]:
    return [(one.track.stream, one.vulnerability, one.what) for one in result.differences]


@pytest.fixture
def played(engine: Engine) -> Engine:
    small_fleet(Fleet(engine))
    return engine


def test_ledger_and_facts_agree_after_every_pass_of_a_history(played: Engine) -> None:
    with played.connect() as connection:
        times = list(connection.scalars(select(passes.c.at).order_by(passes.c.id)))
    found = [rebuild(SqlRecount(played), at, Silent()) for at in times]
    assert [one.differences for one in found] == [[]] * len(times)
    assert [one.upto for one in found] == [1, 2, 3, 4]
    assert found[0].episodes < found[-1].episodes


def test_facts_that_no_fold_took_in_yet_are_no_difference(engine: Engine) -> None:
    fleet = Fleet(engine)
    small_fleet(fleet)
    before = rebuilt(engine).episodes
    fleet.registry.delete("shop/web", "latest")
    fleet.sync(day(13), ["inventory"])
    assert rebuilt(engine).differences == []
    fleet.sync(day(14))
    assert (rebuilt(engine).differences, rebuilt(engine).episodes) == ([], before)


def test_an_episode_that_is_gone_is_missing(played: Engine) -> None:
    number = _some_episode(played, "CVE-2026-2")
    with played.begin() as connection:
        connection.execute(delete(episodes).where(episodes.c.id == number))
    assert told(rebuilt(played)) == [("local/shop/web:latest", "CVE-2026-2", "missing")]


def test_an_episode_without_facts_is_unfounded_even_where_its_stream_never_was_bound(
    played: Engine,
) -> None:
    with played.begin() as connection:
        window = connection.execute(select(windows).limit(1)).one()
        number = connection.execute(
            insert(windows).values(
                stream_id=window.stream_id,
                platform="linux/riscv64",
                vulnerability_id=window.vulnerability_id,
            )
        ).inserted_primary_key
        assert number is not None
        connection.execute(
            insert(episodes).values(
                window_id=number[0], start_at=day(2), backfilled=False, detected_in=2, opened_in=2
            )
        )
    (one,) = rebuilt(played).differences
    assert (one.what, one.track.track.platform, one.recomputed) == (
        "unfounded",
        "linux/riscv64",
        None,
    )


@pytest.mark.parametrize(
    ("changed", "differs"),
    [
        ({"start_at": day(-100)}, ["from"]),
        ({"backfilled": False}, ["backfilled"]),
        ({"start_not_before": day(-200)}, ["from_not_before"]),
        ({"end_at": day(5), "cause": "retired", "closed_in": 3}, ["to", "cause"]),
    ],
    ids=" ".join,
)
def test_what_an_episode_tells_differently_is_named(
    sqlite_url: str, tmp_path: Path, changed: dict[str, Any], differs: Sequence[str]
) -> None:
    desk = Desk.over(sqlite_url, tmp_path)
    with desk.engine.begin() as connection:
        tampered = update(episodes).where(episodes.c.id == _some_episode(desk.engine, "CVE-2026-2"))
        connection.execute(tampered.values(**changed))
    code, document = desk.rebuild()
    (one,) = document["differences"]
    assert code == 4
    assert (one["stream"], one["vulnerability"]) == ("local/shop/web:latest", "CVE-2026-2")
    assert (one["what"], one["differs"]) == ("different", differs)
    assert document["differing"] == 1


def test_a_sound_ledger_ends_with_0_and_nothing_is_written(sqlite_url: str, tmp_path: Path) -> None:
    desk = Desk.over(sqlite_url, tmp_path)
    before = (tmp_path / "watcher.db").read_bytes()
    code, document = desk.rebuild()
    assert (code, document["differences"], document["schema"]) == (0, [], "watcher/rebuild/1")
    assert document["tracks"] == 6
    assert document["episodes"] > 0
    assert desk.rebuild("--as-of", "2026-03-02T00:00:00Z")[0] == 0
    assert (tmp_path / "watcher.db").read_bytes() == before


@dataclass(frozen=True)
class Desk:
    """The command line over the small fleet's record."""

    engine: Engine
    folder: Path

    @classmethod
    def over(cls, url: str, folder: Path) -> Desk:
        engine = open_engine(url)
        small_fleet(Fleet(engine))
        return cls(engine, folder)

    def rebuild(self, *options: str) -> tuple[int, dict[str, Any]]:
        """The exit code and the document."""
        file = self.folder / "rebuilt.json"
        config = str(configured(self.folder / "watcher.db"))
        session = Session(environment={}, now=lambda: day(12.5))
        wanted = ["--config", config, "rebuild", *options, "--format", "json", "-o", str(file)]
        code = run(wanted, session)
        return code, json.loads(file.read_text(encoding="utf-8"))


def _some_episode(engine: Engine, vulnerability: str) -> int:
    statement = (
        select(func.min(episodes.c.id))
        .join(windows, windows.c.id == episodes.c.window_id)
        .join(vulnerabilities, vulnerabilities.c.id == windows.c.vulnerability_id)
        .where(vulnerabilities.c.name == vulnerability, episodes.c.superseded_in.is_(None))
    )
    with engine.connect() as connection:
        number: int | None = connection.scalar(statement)
    assert number is not None
    return number
