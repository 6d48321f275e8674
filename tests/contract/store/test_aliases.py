"""An advisory with exactly one CVE is that CVE, from the pass on that learnt it."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Engine

from tests.contract.store.fleet import Fleet, day, exposures
from tests.fakes.scanner import Known
from watcher.adapters.store.exposures import SqlExposures
from watcher.adapters.store.ledger import SqlLedger
from watcher.adapters.store.lineages import SqlLineages
from watcher.adapters.store.passes import SqlPasses
from watcher.adapters.store.views import SqlViews
from watcher.adapters.store.views.browsing import SqlBrowsing
from watcher.ports.store.browsing import WindowsWanted
from watcher.ports.store.exposures import WindowFilter
from watcher.report.search import parse_search

GHSA, CVE, OTHER = "GHSA-1", "CVE-2024-1", "CVE-2024-2"


def told(engine: Engine, at: float) -> dict[str, list[tuple[Any, ...]]]:
    """Episodes by vulnerability as of a time: from, to, cause, and when they were detected."""
    return {
        window["vulnerability"]: [
            (one["from"][:10], one["to"] and one["to"][:10], one["cause"], one["detected"][:10])
            for one in window["episodes"]
        ]
        for window in exposures(engine, day(at))["windows"]
    }


def named_later(engine: Engine) -> Fleet:
    """A package matches an advisory, and six days later the CVE that this turned out to be."""
    fleet = Fleet()
    fleet.push("shop/api", "main", ["p"], created=day(-9))
    fleet.learn(day(-1), {"p": [GHSA]})
    fleet.sync(engine, day(0))
    fleet.learn(day(5), {"p": [CVE]}, aliases={CVE: (GHSA,)})
    fleet.sync(engine, day(6))
    return fleet


def upto(engine: Engine) -> int:
    last = SqlPasses(engine).last()
    assert last is not None
    return last.number


def test_the_clock_goes_on_under_the_new_name(engine: Engine) -> None:
    fleet = Fleet()
    fleet.push("shop/api", "main", ["p"], created=day(-9))
    fleet.learn(day(-1), {"p": [GHSA]})
    fleet.sync(engine, day(0))
    before = exposures(engine, day(0))
    fleet.learn(day(5), {"p": [CVE]}, aliases={CVE: (GHSA, "RHSA-2024:1")})
    counts = fleet.sync(engine, day(6)).counts
    assert (counts["episodes_opened"], counts["episodes_closed"]) == (0, 0)
    assert told(engine, 6) == {CVE: [("2026-02-28", None, None, "2026-03-01")]}
    (window,) = exposures(engine, day(6))["windows"]
    assert window["aliases"] == [GHSA]
    assert exposures(engine, day(0)) == before


def test_a_window_is_found_by_any_of_its_ids(engine: Engine) -> None:
    named_later(engine)
    now = upto(engine)
    for name in (GHSA, GHSA.lower(), CVE):
        (window,) = SqlExposures(engine).windows(WindowFilter(vulnerability=name), now)
        assert window.vulnerability == CVE
        found = SqlViews(engine).find(parse_search(name), now)
        assert {one.vulnerability for one in found} == {CVE}
        flaw = SqlBrowsing(engine).flaw(name, now)
        assert flaw is not None
        assert (flaw.name, flaw.aliases) == (CVE, (GHSA,))
        assert SqlBrowsing(engine).windows(WindowsWanted(vulnerability=name), now).windows == 1
        (package,) = SqlBrowsing(engine).concerned(name, now, 9)
        assert (package.name, package.current) == ("p", True)
    assert SqlBrowsing(engine).windows(WindowsWanted(text="ghsa"), now).windows == 1
    # As it was known then, there was no such CVE.
    assert SqlBrowsing(engine).flaw(CVE, 1) is None
    assert next(SqlExposures(engine).windows(WindowFilter(vulnerability=GHSA), 1)).aliases == ()


def test_packages_under_either_id_are_one_window(engine: Engine) -> None:
    fleet = Fleet()
    fleet.push("shop/api", "main", ["p", "q"], created=day(-9))
    fleet.learn(day(-1), {"p": [GHSA], "q": [CVE]})
    fleet.sync(engine, day(0))
    assert set(told(engine, 0)) == {GHSA, CVE}
    fleet.learn(day(5), {"p": [GHSA], "q": [CVE]}, aliases={CVE: (GHSA,)})
    fleet.sync(engine, day(6))
    (window,) = exposures(engine, day(6))["windows"]
    assert window["vulnerability"] == CVE
    assert len(window["episodes"][0]["packages"]) == 2
    fleet.learn(day(7), {"p": [GHSA]})
    fleet.sync(engine, day(8))
    assert told(engine, 8)[CVE][0][1] is None
    fleet.learn(day(9), {})
    fleet.sync(engine, day(10))
    assert told(engine, 10)[CVE][0][1:3] == ("2026-03-10", "knowledge_withdrawn")


def test_two_cves_are_never_one(engine: Engine) -> None:
    fleet = named_later(engine)
    fleet.learn(day(9), {"p": [CVE, OTHER]}, aliases={CVE: (GHSA,), OTHER: (GHSA,)})
    fleet.sync(engine, day(9))
    assert told(engine, 9) == {
        GHSA: [("2026-02-28", "2026-03-06", "knowledge_withdrawn", "2026-03-01")],
        CVE: [("2026-03-06", None, None, "2026-03-01")],
        OTHER: [("2026-03-10", None, None, "2026-03-10")],
    }
    assert told(engine, 6) == {CVE: [("2026-02-28", None, None, "2026-03-01")]}


def test_an_advisory_that_is_another_cve_after_all_leaves_the_first(engine: Engine) -> None:
    fleet = named_later(engine)
    fleet.learn(day(9), {"p": [OTHER]}, aliases={OTHER: (GHSA,)})
    fleet.sync(engine, day(9))
    found = told(engine, 9)
    assert found[CVE][0][:3] == ("2026-03-06", "2026-03-10", "knowledge_withdrawn")
    assert [one[:2] for one in found[OTHER]] == [
        ("2026-02-28", "2026-03-06"),
        ("2026-03-10", None),
    ]


def test_what_the_database_no_longer_mentions_stays_as_it_was_said(engine: Engine) -> None:
    fleet = Fleet()
    fleet.push("shop/api", "main", ["p"], created=day(-9))
    fleet.learn(day(-1), {"p": [CVE]}, aliases={CVE: (GHSA,)})
    fleet.sync(engine, day(0))
    fleet.learn(day(5), {"p": [GHSA]})
    counts = fleet.sync(engine, day(6)).counts
    assert (counts["episodes_opened"], counts["episodes_closed"]) == (0, 0)
    assert told(engine, 6) == {CVE: [("2026-02-28", None, None, "2026-03-01")]}


def test_a_pass_that_died_before_the_fold_changes_nothing_of_this(engine: Engine) -> None:
    fleet = Fleet()
    fleet.push("shop/api", "main", ["p"], created=day(-9))
    fleet.learn(day(-1), {"p": [GHSA]})
    fleet.sync(engine, day(0))
    fleet.learn(day(5), {"p": [CVE]}, aliases={CVE: (GHSA,)})
    fleet.sync(engine, day(6), ["knowledge", "match"])
    assert set(told(engine, 6)) == {GHSA}
    fleet.sync(engine, day(7))
    assert told(engine, 7) == {CVE: [("2026-02-28", None, None, "2026-03-01")]}
    this = SqlPasses(engine).last()
    assert this is not None
    assert list(SqlLedger(engine).pending(this)) == []


def test_proofs_of_bumps_go_by_the_cve(engine: Engine) -> None:
    fleet = Fleet()
    fleet.push("shop/api", "main", ["p"], created=day(-9))
    fleet.learn(day(-1), {"p": [CVE], "q": []}, aliases={CVE: (GHSA,)})
    fleet.sync(engine, day(0))
    fleet.learn(day(5), {"p": [GHSA]})
    fleet.sync(engine, day(6))
    (flaws,) = SqlLineages(engine).flaws([1]).values()
    assert [one.name for one in flaws] == [CVE]


def test_lists_rate_a_window_by_all_of_its_ids(engine: Engine) -> None:
    fleet = Fleet()
    fleet.push("shop/api", "main", ["p"], created=day(-9))
    fleet.learn(day(-1), {"p": [CVE]}, aliases={CVE: (GHSA,)})
    fleet.sync(engine, day(0))
    fleet.learn(day(5), {})
    worse = [Known("p", GHSA, severity="CRITICAL")]
    fleet.scanner.learn(fleet.library.folder(fleet.artifacts.offered or ""), worse)
    fleet.sync(engine, day(6))
    asked = WindowsWanted(severities=frozenset({"CRITICAL"}), order="severity")
    assert SqlBrowsing(engine).windows(asked, upto(engine)).windows == 1
