"""The example of docs/exposure.md for the two times, played and asked as the page says."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Engine

from tests.timelines.world import World, days, moment
from tests.unit.report.figures.test_documented import table
from watcher.adapters.store.exposures import SqlExposures
from watcher.adapters.store.views import SqlViews
from watcher.ports.store.exposures import WindowFilter
from watcher.report.times import stamp

FACTS, ANSWERS = table("pass on day"), table("asked of day")


def history() -> dict[str, Any]:
    """The page's table as a history."""
    passes = []
    for row in FACTS:
        one: dict[str, Any] = {
            "at": int(row["pass on day"]),
            "tags": {"t": row["the tag points to"]},
            "pushed": {"t": int(row["pushed on day"])},
        }
        if row["database of day"]:
            matches = {"p": ["V"] if row["finds it in"] == "A" else []}
            one["knowledge"] = {"effective": int(row["database of day"]), "matches": matches}
        passes.append(one)
    images = {"A": {"packages": ["p"], "created": 0}, "B": {"packages": ["q"], "created": 7}}
    return {"images": images, "published": {"V": 2}, "passes": passes}


def answered(world: World, day: int, *, known_now: bool) -> str:
    """What the ledger says of a day, in the page's words."""
    at = moment(day)
    done = SqlViews(world.engine).finished(None if known_now else at)
    assert done is not None
    wanted = WindowFilter(until=at if known_now else None)
    found = list(SqlExposures(world.engine).windows(wanted, done.number))
    if not found:
        return "nothing"
    (episode,) = [one.episode for one in found[0].episodes]
    if episode.end is None:
        return f"open since day {days(stamp(episode.start.at)):g}"
    return f"{episode.cause} on day {days(stamp(episode.end.at)):g}"


def test_both_questions_have_the_answers_of_the_page(engine: Engine) -> None:
    world = World(history(), engine)
    for happened in world.history["passes"]:
        world.play(happened)
    found = [
        {
            "asked of day": row["asked of day"],
            "known then": answered(world, int(row["asked of day"]), known_now=False),
            "known now": answered(world, int(row["asked of day"]), known_now=True),
        }
        for row in ANSWERS
    ]
    assert found == ANSWERS
