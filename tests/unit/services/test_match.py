"""The match stage: what a completed match changes, and what one that fails leaves alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import pytest

from tests.fakes.jobs import FakeJobs, FakePresence
from tests.fakes.knowledge import FakeLibrary
from tests.fakes.progress import Silent
from tests.fakes.scanner import FakeScanner, Known, fake_package
from tests.unit.domain.days import bound, day
from watcher.domain.errors import TransientError
from watcher.domain.knowledge import KnowledgeVersion
from watcher.domain.package import Finding, Package
from watcher.ports.crew import MatchTask, Wanted
from watcher.ports.scanner import KnowledgeFiles
from watcher.ports.store.matches import Assessment, ContextMatch, ContextState
from watcher.ports.store.passes import PassRecord
from watcher.services import match
from watcher.services.match import Asked, MatchCraft, MatchStage, assessment, compare, craft, stage
from watcher.services.work import Bench

DIGEST = "sha256:3"
VERSIONS = [
    KnowledgeVersion(n, "0.74.0", f"sha256:{n}", day(3 * n), day(3 * n), day(3 * n + 0.5))
    for n in (1, 2, 3)
]
P, Q = 11, 12
PACKAGES = {P: fake_package("p"), Q: fake_package("q")}


def finding(package: int, vulnerability: str, severity: str = "HIGH") -> Finding:
    one = PACKAGES[package]
    return Finding(one.context, one.identity, vulnerability, severity, "nvd", "affected", "")


def asked(
    *packages: int, taking_part: dict[int, int | None], last: int | None = 2, whole: bool = True
) -> Asked:
    state = ContextState(1, "debian 12", last, 0)
    return Asked(state, whole, {number: PACKAGES[number] for number in packages}, taking_part)


def compared(
    question: Asked, held: set[tuple[int, str]], found: set[tuple[int, str]], now: int = 3
) -> ContextMatch:
    """Compare under version `now`; what is held says what is found says."""
    return compare(
        question,
        {pair: assessment(finding(*pair)) for pair in held},
        {pair: finding(*pair) for pair in found},
        (VERSIONS, VERSIONS[now - 1]),
    )


def test_a_package_matched_for_the_first_time_leaves_its_matches_undated() -> None:
    (appeared,) = compared(asked(P, taking_part={}), set(), {(P, "V")}).appeared
    assert (appeared.package, appeared.dated, appeared.lacked_by) == (P, None, None)


def test_a_match_that_the_version_before_lacked_is_dated() -> None:
    (appeared,) = compared(asked(P, taking_part={P: None}), set(), {(P, "V")}).appeared
    assert (appeared.dated, appeared.lacked_by) == (bound(9), 2)


def test_a_match_may_have_begun_while_its_package_was_not_matched() -> None:
    (appeared,) = compared(asked(P, taking_part={P: 1}), set(), {(P, "V")}).appeared
    assert (appeared.dated, appeared.lacked_by) == (bound(9, 3), 1)
    (failed,) = compared(asked(P, taking_part={P: None}, last=1), set(), {(P, "V")}).appeared
    assert (failed.dated, failed.lacked_by) == (bound(9, 3), 1)


def test_a_match_that_is_found_again_goes_on() -> None:
    for before in (None, 1):
        match = compared(asked(P, taking_part={P: before}), {(P, "V")}, {(P, "V")})
        assert (match.appeared, match.disappeared, match.reassessed) == ((), (), ())


def test_a_match_that_is_not_found_again_ends() -> None:
    (gone,) = compared(asked(P, taking_part={P: None}), {(P, "V")}, set()).disappeared
    assert (gone.package, gone.vulnerability) == (P, "V")
    assert (gone.end, gone.cause) == (bound(9), "knowledge_withdrawn")


def test_a_package_that_was_not_asked_for_keeps_its_matches() -> None:
    some = asked(Q, taking_part={P: None}, whole=False)
    match = compared(some, {(P, "V")}, {(Q, "V")})
    assert match.disappeared == ()
    assert [one.package for one in match.appeared] == [Q]


def test_packages_join_when_they_are_asked_for_and_leave_when_all_others_are() -> None:
    whole = compared(asked(Q, taking_part={P: None}), set(), set())
    assert (set(whole.joined), set(whole.left), whole.last_version) == ({Q}, {P}, 2)
    some = compared(asked(Q, taking_part={P: None}, whole=False), set(), set())
    assert (set(some.joined), set(some.left)) == ({Q}, set())
    again = compared(asked(P, Q, taking_part={P: 1, Q: None}), set(), set())
    assert (set(again.joined), set(again.left)) == ({P}, set())


def test_a_match_under_other_terms_is_reassessed_and_goes_on() -> None:
    now = finding(P, "V", "LOW")
    held = {(P, "V"): Assessment("HIGH", "nvd", "affected", "")}
    question = asked(P, taking_part={P: None})
    match = compare(question, held, {(P, "V"): now}, (VERSIONS, VERSIONS[2]))
    assert (match.appeared, match.disappeared, match.reassessed) == ((), (), ((P, now),))


@pytest.mark.parametrize(
    "changed",
    [
        {"severity": "LOW"},
        {"severity_source": "ghsa"},
        {"status": "fixed"},
        {"fixed_version": "2"},
    ],
    ids=str,
)
def test_each_term_of_a_match_is_news_of_its_own(changed: dict[str, str]) -> None:
    now = replace(finding(P, "V"), **changed)  # type: ignore[arg-type] # one of its texts
    held = {(P, "V"): assessment(finding(P, "V"))}
    question = asked(P, taking_part={P: None})
    match = compare(question, held, {(P, "V"): now}, (VERSIONS, VERSIONS[2]))
    assert match.reassessed == ((P, now),)


def test_a_document_never_has_more_packages_than_one_run_takes_in_time() -> None:
    assert match.SHARD <= 10_000


# The stage.


@dataclass
class Shelf:
    """Signs what the stage needs of the port `Matches`, in memory."""

    states: list[ContextState]
    packages: dict[int, dict[int, Package]]
    on: dict[int, dict[int, int | None]] = field(default_factory=dict)
    recorded: list[ContextMatch] = field(default_factory=list)
    weights: dict[int, dict[int, int]] = field(default_factory=dict)
    since: datetime = day(10) - match.REMEMBERED
    known: list[KnowledgeVersion] = field(default_factory=lambda: VERSIONS)

    def versions(self) -> list[KnowledgeVersion]:
        return self.known

    def contexts(self, since: datetime) -> list[ContextState]:
        assert since == self.since
        return self.states

    def context(self, number: int, since: datetime) -> ContextState | None:
        assert since == self.since
        return next((one for one in self.states if one.number == number), None)

    def in_scope(self, context: int, since: datetime, *, only_new: bool) -> dict[int, Package]:
        assert since == self.since
        on = self.on.get(context, {}) if only_new else {}
        return {n: one for n, one in self.packages[context].items() if n not in on}

    def taking_part(self, context: int) -> dict[int, int | None]:
        return self.on.get(context, {})

    def held(self, context: int) -> dict[tuple[int, str], Assessment]:
        del context
        return {}

    def findings_of(self, context: int) -> Mapping[int, int]:
        return self.weights.get(context, {})

    def findings(self) -> Mapping[int, int]:
        return {number: sum(held.values()) for number, held in self.weights.items()}

    def record(self, this: PassRecord, version: KnowledgeVersion, match: ContextMatch) -> bool:
        assert version in self.known
        assert this.at - self.since == timedelta(days=30)
        self.recorded.append(match)
        self.states = [
            replace(one, last_version=version.number) if one.number == match.context else one
            for one in self.states
        ]
        return True

    def changed(self, this: PassRecord) -> Mapping[str, int]:
        del this
        return {"added": sum(len(one.appeared) for one in self.recorded), "removed": 0}


UPGRADED = Wanted("0.75.0", "sha256:3")


@dataclass(frozen=True)
class Near:
    """Signs what the stage needs of the port `Crew`, with a scanner at hand."""

    scanner: FakeScanner

    def match(self, task: MatchTask) -> list[tuple[int, Finding]]:
        assert task.under in {Wanted("0.74.0", DIGEST), Wanted("0.75.0", "sha256:1"), UPGRADED}
        numbers = {package.identity: number for number, package in task.packages}
        packages = [package for _, package in task.packages]
        found = self.scanner.match(task.context, packages, FakeLibrary().folder(task.under.db))
        return [(numbers[one.identity], one) for one in found]


def staged(
    shelf: Shelf, scanner: FakeScanner, jobs: FakeJobs | None = None, at: float = 10
) -> match.MatchOutcome:
    """Take the stage in a pass of its own."""
    jobs = jobs or FakeJobs()
    scanner.learn(FakeLibrary().folder(DIGEST), [Known("p", "V"), Known("q", "V")])
    craft = MatchCraft(Near(scanner), shelf)  # type: ignore[arg-type] # what the stage needs of them
    presence = FakePresence(jobs)
    with ThreadPoolExecutor(2) as executor, presence.joined("pass") as worker:
        bench = Bench(jobs, presence, executor, lambda: 2, worker, eager=False)
        under, this = Wanted("0.74.0", DIGEST), jobs.begin(day(at))
        return MatchStage(craft, Silent(), lambda _: None).take(this, VERSIONS[2], under, bench)


def contexts(*last: int | None, new: int = 0) -> list[ContextState]:
    return [ContextState(number, f"os {number}", one, new, 7) for number, one in enumerate(last, 1)]


def test_nothing_is_run_where_everything_was_matched() -> None:
    scanner = FakeScanner()
    outcome = staged(Shelf(contexts(3, 3), {}), scanner)
    assert (scanner.runs, outcome.covered, outcome.failures) == (0, {1, 2}, [])


def test_a_new_version_is_one_run_for_each_context() -> None:
    scanner = FakeScanner()
    shelf = Shelf(contexts(2, None), {1: {P: PACKAGES[P]}, 2: {Q: PACKAGES[Q]}})
    outcome = staged(shelf, scanner)
    assert (scanner.runs, outcome.covered) == (2, {1, 2})
    assert sorted(one.context for one in shelf.recorded) == [1, 2]
    assert all(one.whole for one in shelf.recorded)
    assert outcome.counts["matches_added"] == 2
    assert outcome.counts["packages_matched"] == 2 * 7


def test_only_new_packages_are_matched_under_a_version_already_in_force() -> None:
    scanner = FakeScanner()
    shelf = Shelf(contexts(3, new=1), {1: PACKAGES}, {1: {P: None}})
    staged(shelf, scanner)
    ((_, packages),) = scanner.matched
    assert [one.name for one in packages] == ["q"]
    assert not shelf.recorded[0].whole


def test_a_context_that_fails_changes_nothing_and_the_others_go_on() -> None:
    scanner = FakeScanner()
    scanner.failures["os 1"] = TransientError("it fell over")
    shelf = Shelf(contexts(2, 2), {1: {P: PACKAGES[P]}, 2: {Q: PACKAGES[Q]}})
    outcome = staged(shelf, scanner)
    assert [one.context for one in shelf.recorded] == [2]
    assert outcome.covered == {2}
    assert [(one.subject, one.error, one.retry) for one in outcome.failures] == [
        ("os 1", "it fell over", True)
    ]


def test_a_big_context_is_matched_in_shards_and_recorded_as_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for one in (craft, stage):
        monkeypatch.setattr(one, "SHARD", 2)
    scanner = FakeScanner()
    many = {number: fake_package("p", str(number)) for number in range(5)}
    shelf = Shelf(contexts(2), {1: many})
    staged(shelf, scanner)
    assert sorted(len(packages) for _, packages in scanner.matched) == [1, 2, 2]
    (recorded,) = shelf.recorded
    assert {one.package for one in recorded.appeared} == set(many)


class Mortal(FakeScanner):
    """Is killed over the documents that hold a package."""

    deadly = "p3"

    def match(
        self, context: str, packages: Sequence[Package], knowledge: KnowledgeFiles
    ) -> list[Finding]:
        if any(one.name == self.deadly for one in packages):
            raise TransientError("killed by signal 9")
        return super().match(context, packages, knowledge)


def test_a_shard_whose_scanner_is_killed_leaves_its_whole_context_as_it_was(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for one in (craft, stage):
        monkeypatch.setattr(one, "SHARD", 2)
    scanner, jobs = Mortal(), FakeJobs()
    shelf = Shelf(contexts(2), {1: {number: fake_package(f"p{number}") for number in range(5)}})
    outcome = staged(shelf, scanner, jobs)
    assert (shelf.recorded, outcome.covered) == ([], set())
    assert [(one.error, one.retry) for one in outcome.failures] == [("killed by signal 9", True)]
    scanner.deadly, shelf.since = "", day(10.1) - match.REMEMBERED
    assert staged(shelf, scanner, jobs, at=10.1).covered == {1}
    (recorded,) = shelf.recorded
    assert recorded.package_count == 5


def test_a_context_that_was_matched_meanwhile_needs_no_scanner(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    scanner, jobs = FakeScanner(), FakeJobs()
    faster = ContextState(1, "os 1", 3, 0)
    monkeypatch.setattr(Shelf, "context", lambda *_: faster)
    shelf = Shelf(contexts(2), {1: {P: PACKAGES[P]}})
    outcome = staged(shelf, scanner, jobs)
    assert (scanner.runs, shelf.recorded, outcome.covered) == (0, [], {1})
    assert jobs.unfinished() == []


def test_a_context_that_failed_rests_although_time_goes_on() -> None:
    """What a pass tells of a context must not change with its time, or it would never rest."""
    scanner, jobs = FakeScanner(), FakeJobs()
    scanner.failures["os 1"] = TransientError("it fell over")
    shelf = Shelf(contexts(2), {1: {P: PACKAGES[P]}})
    for minutes, runs in ((0, 1), (0.9, 1), (1.1, 2), (1.2, 2)):
        shelf.since = day(10 + minutes / 24 / 60) - match.REMEMBERED
        outcome = staged(shelf, scanner, jobs, 10 + minutes / 24 / 60)
        assert (scanner.runs, outcome.covered) == (runs, set())
        assert [one.error for one in outcome.failures] == ["it fell over"]


def test_packages_that_come_while_somebody_is_at_the_others_are_matched_too() -> None:
    scanner, jobs = FakeScanner(), FakeJobs()
    scanner.failures["os 1"] = TransientError("it fell over")
    shelf = Shelf(contexts(3, new=1), {1: PACKAGES}, {1: {P: None}})
    staged(shelf, scanner, jobs)
    told = [one.payload["packages"] for one in jobs.unfinished()]
    shelf.states = contexts(3, new=2)
    staged(shelf, scanner, jobs)
    assert [*told, *(one.payload["packages"] for one in jobs.unfinished())] == [1, 2]
    assert scanner.runs == 2


def upgraded(shelf: Shelf, scanner: FakeScanner, missing: frozenset[str] = frozenset()) -> None:
    """Take the stage where scanner and database are both new since version 1."""
    shelf.known = [
        VERSIONS[0],
        KnowledgeVersion(2, "0.75.0", "sha256:1", day(3), day(9), day(9)),
        KnowledgeVersion(3, "0.75.0", DIGEST, day(9), day(9), day(9)),
    ]
    for digest in ("sha256:1", DIGEST):
        scanner.learn(FakeLibrary().folder(digest), [Known("p", "V")])

    def supplied(under: Wanted) -> None:
        if under.db in missing:
            raise TransientError("it is gone")

    jobs = FakeJobs()
    presence = FakePresence(jobs)
    craft = MatchCraft(Near(scanner), shelf)  # type: ignore[arg-type] # what the stage needs of them
    with ThreadPoolExecutor(2) as executor, presence.joined("pass") as worker:
        bench = Bench(jobs, presence, executor, lambda: 2, worker, eager=False)
        stage = MatchStage(craft, Silent(), supplied)
        outcome = stage.take(jobs.begin(day(10)), shelf.known[2], UPGRADED, bench)
    assert (outcome.failures, outcome.covered) == ([], {1, 2})


def test_a_new_scanner_is_asked_about_the_old_database_before_the_new_one() -> None:
    scanner = FakeScanner()
    shelf = Shelf(contexts(1, None), {1: {P: PACKAGES[P]}, 2: {Q: PACKAGES[Q]}})
    upgraded(shelf, scanner)
    told = [(one.context, one.last_version) for one in shelf.recorded]
    assert told[0] == (1, 1)
    assert sorted(told[1:], key=str) == [(1, 2), (2, None)]
    assert scanner.runs == 3


def test_where_the_old_database_is_gone_one_step_has_to_do() -> None:
    scanner = FakeScanner()
    shelf = Shelf(contexts(1, None), {1: {P: PACKAGES[P]}, 2: {Q: PACKAGES[Q]}})
    upgraded(shelf, scanner, frozenset({"sha256:1"}))
    assert sorted((one.context, one.last_version) for one in shelf.recorded[:1]) == [(1, 1)]
    assert scanner.runs == 2


def test_a_context_with_many_findings_is_matched_in_several_runs() -> None:
    scanner = FakeScanner()
    many = {number: fake_package("p", str(number)) for number in range(4)}
    shelf = Shelf(contexts(2), {1: many}, weights={1: dict.fromkeys(many, 9_000)})
    outcome = staged(shelf, scanner)
    assert sorted(len(packages) for _, packages in scanner.matched) == [2, 2]
    assert outcome.counts["trivy_runs"] == 2
