"""The page that defines the figures: its worked example is computed, and no figure is left out."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from tests.unit.domain.days import day
from tests.unit.report.figures.bumps import line as line_of
from tests.unit.report.figures.bumps import recorded_bump
from tests.unit.report.figures.windows import stretch
from watcher.domain.policy import DEFAULT, Limit, Rated, Run, due
from watcher.domain.ticket import Line
from watcher.domain.waterfall import STAGES, Milestones
from watcher.ports.store.views import Sampled
from watcher.report.figures.coverage import Watched
from watcher.report.figures.management import Beside, document
from watcher.report.figures.period import Period
from watcher.report.figures.stretch import Stretch
from watcher.report.figures.united import united
from watcher.report.times import stamp

PAGE = (Path(__file__).parents[4] / "docs" / "exposure.md").read_text(encoding="utf-8")

Row = dict[str, str]


def table(first_column: str) -> list[Row]:
    """The rows of the page's table whose first column is called so."""
    (found,) = re.findall(rf"^\| {first_column} \|.*\n(?:\|.*\n)+", PAGE, flags=re.MULTILINE)
    head, _, *rows = [
        [cell.strip() for cell in line.strip("|").split("|")] for line in found.splitlines()
    ]
    return [dict(zip(head, row, strict=True)) for row in rows]


def number(text: str) -> float:
    return float(Fraction(text.replace("−", "-")))


def example() -> Iterator[Stretch]:
    for line, row in enumerate(table("streams")):
        for copy in range(int(row["streams"])):
            one = stretch(
                number(row["from day"]),
                number(row["to day"]) if row["to day"] else None,
                detected=number(row["detected on day"]),
                cause=row["cause"],  # type: ignore[arg-type]
                backfilled=row["backfilled"] == "yes",
                stream=f"local/shop/line{line}:{copy}",
            )
            yield replace(one, milestones=Milestones(fix_available=one.start))


@pytest.fixture(scope="module")
def told() -> dict[str, Any]:
    samples = [Sampled(day(1), 4, 4), Sampled(day(2), 6, 3)]
    return document(Period(day(0), day(90)), "", example(), Watched((), samples))


def test_the_example_has_the_counts_that_the_page_gives(told: dict[str, Any]) -> None:
    rows = table("count")
    counts = {**told["episodes"], **told["episodes"]["by_cause"]}
    assert {row["count"]: counts[row["count"]] for row in rows} == {
        row["count"]: int(row["value"]) for row in rows
    }
    assert {row["count"] for row in rows} == counts.keys() - {"by_cause"}


def test_what_comes_due_in_the_example_is_what_the_page_says(told: dict[str, Any]) -> None:
    found = [(one["due"], one["overdue"], one["windows"]) for one in told["due"]]
    assert found == [
        (stamp(day(number(row["due on day"]))), row["overdue"] == "yes", int(row["windows"]))
        for row in table("due on day")
    ]


def test_the_change_in_the_example_is_what_the_page_says(told: dict[str, Any]) -> None:
    change = told["change"]
    found = {**change["exposure_days"], **change["without_work"]}
    assert found == {row["change"]: number(row["value"]) for row in table("change")}


def test_the_bump_of_the_page_ends_what_the_page_says() -> None:
    lines: dict[tuple[str, int], Line] = {}
    stretches: list[Stretch] = []
    for row in table("stream"):
        name, count = row["stream"], int(row["listed exposures"])
        for place in range(int(row["on platforms"])):
            left = 0 if row["remediated on day"] else count
            done = row["done on day"] or None
            lines[name, place] = line_of(name, left, done, platform=f"linux/{place}")
            stretches += (
                stretch(
                    -10,
                    number(row["remediated on day"]) if row["remediated on day"] else None,
                    stream=f"local/shop/{name}",
                    vulnerability=f"CVE-{each}",
                    platform=f"linux/{place}",
                )
                for each in new_names(stretches, name, place, count)
            )
    told: dict[str, Any] = document(
        Period(day(0), day(90)),
        "",
        stretches,
        Watched(()),
        beside=Beside([recorded_bump(lines.values(), filed=30)]),
    )
    (row,) = told["bumps"]
    found = {"streams in all": row["streams"], "streams moved": row["moved"]}
    for name in ("ended", "left"):
        found |= {f"{name} {key}": value for key, value in row[name].items()}
    assert found == {row["of the bump"]: number(row["value"]) for row in table("of the bump")}
    assert told["episodes"]["by_cause"]["remediated"] == 9
    assert "`remediated` is 9 in this period, of which 8 are ended" in " ".join(PAGE.split())


def new_names(stretches: Sequence[Stretch], name: str, place: int, count: int) -> range:
    """Numbers of vulnerabilities that a stream does not have yet on a platform."""
    where = (f"local/shop/{name}", f"linux/{place}")
    held = sum((one.stream, one.platform) == where for one in stretches)
    return range(held + 1, held + 1 + count)


@pytest.mark.parametrize("row", table("figure"), ids=lambda row: row["figure"])
def test_the_example_has_the_figures_that_the_page_gives(told: dict[str, Any], row: Row) -> None:
    figure = figures_of(told)[row["figure"]]
    assert figure["value"] == pytest.approx(number(row["value"]), rel=1e-12)
    assert (figure["n"], figure["events"]) == (int(row["n"]), int(row["events"]))


@pytest.mark.parametrize(
    "row",
    [row for row in (*table("figure"), *table("of the bump")) if "×" in row["worked out"]],
    ids=lambda row: row.get("figure") or row["of the bump"],
)
def test_what_the_page_works_out_by_hand_gives_the_value(row: Row) -> None:
    sums = row["worked out"].replace("×", "*").replace("−", "-")
    assert re.fullmatch(r"[-+*/() 0-9]+", sums)
    fractions = re.sub(r"\d+", r"Fraction(\g<0>)", sums)
    # Only digits and arithmetic are left of a line of our own page.
    assert eval(fractions, {"Fraction": Fraction}) == Fraction(row["value"])  # noqa: S307


def test_every_figure_of_the_report_is_in_the_example(told: dict[str, Any]) -> None:
    figures = told["figures"].keys() - {"survival"}
    asked = {f"survival {day}" for day in told["figures"]["survival"]}
    assert figures | asked <= {row["figure"] for row in table("figure")}


def test_every_key_of_the_report_is_on_the_page(told: dict[str, Any]) -> None:
    obvious = {"schema", "scope", "policy", "figures"}
    named = set(re.findall(r"`([a-z_0-9]+)`", PAGE))
    assert told.keys() - obvious - named == set()
    assert told["change"].keys() - named == set()
    assert told["lags"].keys() | told["lags"]["days"].keys() <= named | {"days"}
    assert (
        told["due"][0].keys() - {"overdue", "windows", "vulnerability", "by_team"} - named == set()
    )
    assert told["coverage"].keys() - {"streams", "covered"} - named == set()
    assert told["figures"].keys() - named == set()


@pytest.mark.parametrize("row", table("known in db"), ids=lambda row: ",".join(row.values()))
def test_days_go_to_the_stage_that_the_page_says(row: Row) -> None:
    lags = lags_of([row])["days"]
    assert lags == {stage: number(row[stage]) for stage in STAGES}
    assert sum(lags.values()) == 40


def test_what_bumps_would_have_saved_is_what_the_page_says() -> None:
    assert lags_of(table("known in db"))["avoidable_exposure_days"] == 53
    assert "(50 − 26) + (50 − 30) + (50 − 41) = 53" in PAGE


def test_the_lags_of_the_example_sum_to_its_exposure(told: dict[str, Any]) -> None:
    figures = told["figures"]
    whole = figures["exposure_days"]["value"] + figures["exposure_days_backfilled"]["value"]
    assert sum(told["lags"]["days"].values()) == told["lags"]["exposure_days"] == whole


def test_a_rerated_stretch_is_due_when_the_page_says() -> None:
    rows = table("rated")
    runs = [
        Run(day(1), day(number(rows[0]["stops on day"]))),
        Run(day(number(rows[0]["goes on from day"])), None),
    ]
    rated = [
        Rated(
            day(number(row["clock from day"])) if position else None,
            Limit(timedelta(days=number(row["days allowed"]))),
        )
        for position, row in enumerate(rows)
    ]
    for row, one in zip(rows, rated, strict=True):
        assert due(runs, [one]).at == day(number(row["due"]))
    assert due(runs, rated).at == day(37)
    assert "It is due on day 37." in PAGE


def lags_of(rows: Sequence[Row]) -> dict[str, Any]:
    """The report's lags over exposures from day 10 to day 50 with the milestones of rows."""

    def at(text: str) -> datetime | None:
        return day(number(text)) if text else None

    stretches = [
        replace(
            stretch(10, 50, stream=f"local/shop/{position}:latest"),
            milestones=Milestones(
                known_in_db=at(row["known in db"]),
                detected=at(row["detected on"]),
                fix_available=at(row["fixed on"]),
                base_fix_available=at(row["base fixed on"]),
                ticketed=at(row["ticketed on"]),
                in_base=bool(row["base fixed on"]),
            ),
        )
        for position, row in enumerate(rows)
    ]
    lags: dict[str, Any] = document(Period(day(0), day(90)), "", stretches, Watched(()))["lags"]  # type: ignore[assignment]
    return lags


def test_platforms_are_united_as_the_page_says() -> None:
    stretches = [
        stretch(
            number(row["from day"]),
            number(row["to day"]) if row["to day"] else None,
            cause=row["cause"],  # type: ignore[arg-type]
            platform=row["platform"],
        )
        for row in table("platform")
    ]
    units = [(unit.start, unit.end, unit.cause) for unit in united(stretches)]
    assert units == [(day(1), day(9), "platform_gone"), (day(20), None, None)]


def test_the_share_of_stream_days_is_the_one_of_the_page(told: dict[str, Any]) -> None:
    assert told["coverage"]["stream_days_share"] == pytest.approx(7 / 10)
    assert "4 of 4 and 3 of 6" in " ".join(PAGE.split())
    assert "it is 7/10" in PAGE


def test_the_policys_limits_are_those_of_the_page() -> None:
    text = " ".join(PAGE.split())
    limits = DEFAULT.limits
    assert (
        f"allows critical {limits['CRITICAL']}, high {limits['HIGH']} and medium "
        f"{limits['MEDIUM']} days"
    ) in text


def figures_of(told: dict[str, Any]) -> dict[str, Any]:
    """The report's figures by the names of the page's table."""
    figures = dict(told["figures"])
    for asked, figure in figures.pop("survival").items():
        figures[f"survival {asked}"] = figure
    for cause, shares in told["cumulative_incidence"].items():
        for asked, figure in shares.items():
            figures[f"{cause} by day {asked}"] = figure
    return figures
