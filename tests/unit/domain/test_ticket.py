"""A ticket's life: filed once, kept true, closed on evidence, and people are respected."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from watcher.domain.ticket import (
    Cause,
    Close,
    Create,
    Dismissed,
    Filed,
    Grace,
    Held,
    LineName,
    Nothing,
    Rated,
    Reopen,
    Settle,
    TicketKey,
    Update,
    Wanted,
    decide,
    marked,
    marker,
    with_marker,
)
from watcher.domain.ticket.state import Terms, fingerprint

NOON = datetime(2026, 11, 3, 12, tzinfo=UTC)
DAY = timedelta(days=1)
CAUSE = Cause("data", "harbor.acme.example/base/python:3.12-slim")
API, WEB = (
    LineName("local/shop/api:latest", "linux/amd64"),
    LineName("local/shop/web#2", "linux/arm64"),
)
CVE = {"CVE-2026-1": Rated("HIGH")}
WANTED = Wanted(
    CAUSE,
    lines={API: False, WEB: False},
    outstanding=CVE,
    action="rebuild x",
    substance="both to do",
    text="text",
)
OPEN = Filed(
    "7",
    generation=1,
    state="open",
    text="text",
    written="text",
    written_at=NOON,
    substance="both to do",
    action="rebuild x",
    lines={API: False, WEB: False},
    listed=CVE,
    outstanding=CVE,
)
ALL_DONE = replace(
    WANTED, lines={API: True, WEB: True}, outstanding={}, substance="all done", text="done"
)
CLOSED = replace(OPEN, state="closed", closed_by="watcher", closed_at=NOON, lines=ALL_DONE.lines)
BY_HAND = replace(OPEN, state="closed", closed_by="person", closed_at=NOON)


def later(days: float) -> datetime:
    return NOON + timedelta(days=days)


# keys and markers


def test_a_key_is_the_generation_the_team_and_the_lineage() -> None:
    assert str(TicketKey(1, CAUSE)) == "1:data:harbor.acme.example/base/python:3.12-slim"


def test_a_marker_is_the_line_of_the_design() -> None:
    assert marker(TicketKey(1, CAUSE)) == (
        "<!-- watcher:key=1:data:harbor.acme.example/base/python:3.12-slim (keep this line) -->"
    )


@given(
    generation=st.integers(1, 999_999_999),
    team=st.text(min_size=1, max_size=20),
    lineage=st.text(min_size=1, max_size=60),
)
def test_any_key_is_read_back_from_its_marker(generation: int, team: str, lineage: str) -> None:
    key = TicketKey(generation, Cause(team, lineage))
    assert TicketKey.parse(str(key)) == key
    text = with_marker(f"# Text\n\nsaid {team}", key)
    found = marked(text, key)
    assert found is not None
    assert text[found.end :] == "\n"
    assert text.endswith(f"\n{marker(key)}\n")
    assert set(str(key)) <= set(
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._/:+-%"
    )
    assert with_marker(text, key) == text


@pytest.mark.parametrize(
    "text", ["", "1:a", "0:a:b", "01:a:b", "x:a:b", "1::b", "1:a:", "1:a:b c", "1:a:%zz", "1:a:é"]
)
def test_what_is_no_key_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="no ticket key"):
        TicketKey.parse(text)


@pytest.mark.parametrize(
    "text",
    [
        "no marker",
        "inline <!-- watcher:key=1:a:b (keep this line) -->",
        "<!-- watcher:key=1:a:b (keep this line) --> and more",
        "<!-- watcher:key=nonsense (keep this line) -->",
        "<!-- watcher:key=1:a:b",
    ],
)
def test_what_is_no_marker_is_none(text: str) -> None:
    assert marked(text) is None


def test_a_fingerprint_overlooks_line_ends_and_white_space_around() -> None:
    assert fingerprint("a  \r\nb\r\n\r\n") == fingerprint("a\nb")
    assert fingerprint("a\nb") != fingerprint("a b")


# filing and keeping


def test_something_to_fix_is_filed_as_the_first_generation() -> None:
    assert decide(WANTED, [], NOON) == Create(TicketKey(1, CAUSE))


def test_nothing_to_fix_files_nothing() -> None:
    assert decide(replace(WANTED, outstanding={}), [], NOON) == Nothing()
    assert decide(ALL_DONE, [], NOON) == Nothing()


def test_what_is_held_back_says_why_and_is_not_filed() -> None:
    assert decide(replace(WANTED, hold="waiting for a parent"), [], NOON) == Held(
        "waiting for a parent"
    )


def test_an_equal_text_is_left_alone() -> None:
    assert decide(WANTED, [OPEN], later(30)) == Nothing()


def test_a_line_done_is_ticked_at_once() -> None:
    ticked = replace(WANTED, lines={API: True, WEB: False}, substance="one done", text="new")
    assert decide(ticked, [OPEN], NOON) == Update("7", frozenset({API}))


def test_figures_that_only_move_by_time_are_written_weekly() -> None:
    moved = replace(WANTED, text="148 days, not 147")
    assert decide(moved, [OPEN], later(6.9)) == Nothing()
    assert decide(moved, [OPEN], later(7)) == Update("7")


def test_another_action_is_announced() -> None:
    other = replace(WANTED, action="version y", substance="move to y", text="new")
    assert decide(other, [OPEN], NOON) == Update("7", announce=True)


def test_a_text_that_a_person_changed_is_written_again() -> None:
    assert decide(WANTED, [replace(OPEN, text="ticked by hand")], NOON) == Update("7")


def test_an_adopted_ticket_is_written_once_and_then_left_alone() -> None:
    adopted = Filed("7", 1, "open", text="old")
    assert decide(WANTED, [adopted], NOON) == Update("7")
    assert decide(WANTED, [replace(adopted, text="text")], NOON) == Nothing()


# closing


def test_a_ticket_closes_when_every_line_is_done() -> None:
    assert decide(ALL_DONE, [OPEN], NOON) == Close("7")


def test_a_ticket_does_not_close_while_a_line_is_to_do_even_if_no_base_fixes_it_now() -> None:
    rolled_back = replace(WANTED, outstanding={}, substance="no target", text="new")
    assert decide(rolled_back, [OPEN], NOON) == Update("7")


def test_a_line_that_the_plan_forgot_closes_nothing() -> None:
    forgot = replace(ALL_DONE, lines={API: True})
    assert isinstance(decide(forgot, [OPEN], NOON), Held)
    assert isinstance(decide(replace(ALL_DONE, lines={}), [OPEN], NOON), Held)


def test_a_ticket_that_cannot_be_read_is_left_alone_and_not_filed_again() -> None:
    unreadable = replace(OPEN, state="unreadable")
    for wanted in (WANTED, ALL_DONE):
        assert decide(wanted, [unreadable], NOON) == Held("ticket 7 cannot be read")


# after a close by evidence


def test_a_close_by_evidence_stays_closed_while_nothing_is_wanted() -> None:
    assert decide(ALL_DONE, [CLOSED], later(1)) == Nothing()


def test_a_listed_vulnerability_that_returns_within_thirty_days_reopens() -> None:
    assert decide(WANTED, [CLOSED], later(30)) == Reopen("7", frozenset({"CVE-2026-1"}))


def test_after_thirty_days_it_is_the_next_generation() -> None:
    assert decide(WANTED, [CLOSED], later(30.1)) == Create(TicketKey(2, CAUSE))


def test_another_vulnerability_is_the_next_generation_at_once() -> None:
    new = replace(WANTED, outstanding={"CVE-2026-2": Rated("HIGH")})
    assert decide(new, [CLOSED], later(1)) == Create(TicketKey(2, CAUSE))


def test_generations_are_counted_on_whatever_their_order() -> None:
    second = replace(CLOSED, ticket="9", generation=2)
    assert decide(WANTED, [second, CLOSED], later(31)) == Create(TicketKey(3, CAUSE))


def test_a_deleted_ticket_is_not_opened_again_but_followed() -> None:
    gone = replace(CLOSED, state="gone")
    assert decide(WANTED, [gone], later(1)) == Create(TicketKey(2, CAUSE))


def test_what_is_held_back_is_not_opened_again() -> None:
    assert decide(replace(WANTED, hold="too many open"), [CLOSED], NOON) == Held("too many open")


# after a person's close


@pytest.mark.parametrize("state", ["closed", "gone"])
def test_evidence_is_awaited_for_seven_days_and_then_it_is_a_dismissal(state: Any) -> None:  # noqa: ANN401
    by_hand = replace(BY_HAND, state=state)
    assert decide(WANTED, [by_hand], NOON) == Grace("7", later(7))
    assert decide(WANTED, [by_hand], later(6.9)) == Grace("7", later(7))
    assert decide(WANTED, [by_hand], later(7)) == Dismissed("7", later(90))
    assert decide(WANTED, [by_hand], later(89.9)) == Dismissed("7", later(90))
    assert decide(WANTED, [by_hand], later(90)) == Create(TicketKey(2, CAUSE))


def test_evidence_within_the_grace_makes_it_a_close_by_evidence() -> None:
    assert decide(ALL_DONE, [BY_HAND], later(7)) == Settle("7")
    assert decide(ALL_DONE, [BY_HAND], later(7.1)) == Dismissed("7", later(90))


def test_evidence_of_some_lines_settles_nothing() -> None:
    one = replace(WANTED, lines={API: True, WEB: False})
    assert decide(one, [BY_HAND], later(1)) == Grace("7", later(7))


def test_a_line_that_the_plan_forgot_settles_nothing() -> None:
    forgot = replace(ALL_DONE, lines={API: True})
    assert decide(forgot, [BY_HAND], later(1)) == Grace("7", later(7))


@pytest.mark.parametrize("day", [1, 20])
def test_a_listing_as_exploited_ends_a_dismissal(day: int) -> None:
    exploited = replace(WANTED, outstanding={"CVE-2026-1": Rated("HIGH", known_exploited=True)})
    assert decide(exploited, [BY_HAND], later(day)) == Create(TicketKey(2, CAUSE))


def test_what_was_known_as_exploited_when_it_was_dismissed_stays_dismissed() -> None:
    rated = {"CVE-2026-1": Rated("HIGH", known_exploited=True)}
    dismissed = replace(BY_HAND, outstanding=rated)
    assert decide(replace(WANTED, outstanding=rated), [dismissed], later(20)) == Dismissed(
        "7", later(90)
    )


def test_a_worse_severity_ends_a_dismissal_and_an_equal_one_does_not() -> None:
    def with_(severity: str) -> Wanted:
        return replace(WANTED, outstanding={**CVE, "CVE-2026-2": Rated(severity)})

    assert decide(with_("CRITICAL"), [BY_HAND], later(20)) == Create(TicketKey(2, CAUSE))
    assert decide(with_("HIGH"), [BY_HAND], later(20)) == Dismissed("7", later(90))


def test_only_what_was_left_when_it_was_dismissed_counts_as_dismissed() -> None:
    listed = {**CVE, "CVE-2026-0": Rated("CRITICAL")}  # the critical one was done before
    dismissed = replace(BY_HAND, listed=listed)
    worse = replace(WANTED, outstanding={"CVE-2026-2": Rated("CRITICAL")})
    assert decide(worse, [dismissed], later(20)) == Create(TicketKey(2, CAUSE))


def test_a_dismissal_of_which_nothing_is_remembered_holds() -> None:
    forgotten = replace(BY_HAND, outstanding={}, listed={}, lines={})
    assert decide(WANTED, [forgotten], later(20)) == Dismissed("7", later(90))


def test_terms_are_configurable() -> None:
    terms = Terms(dismissal=timedelta(days=10))
    assert decide(WANTED, [BY_HAND], later(8), terms) == Dismissed("7", later(10))
    none = Terms(dismissal=timedelta(0))
    assert decide(WANTED, [BY_HAND], later(6), none) == Grace("7", later(7))
    assert decide(WANTED, [BY_HAND], later(7), none) == Create(TicketKey(2, CAUSE))


def test_a_ticket_that_a_person_opened_again_is_tended_and_no_other_is_filed() -> None:
    reopened = replace(BY_HAND, state="open", closed_by=None, closed_at=None)
    newer = replace(CLOSED, ticket="9", generation=2)
    assert decide(WANTED, [reopened, newer], later(1)) == Nothing()
    assert decide(ALL_DONE, [reopened, newer], later(1)) == Close("7")


# random histories

LINES = [LineName(f"local/shop/{name}:latest", "linux/amd64") for name in "abc"]
FLAWS = {
    f"CVE-2026-{one}": Rated(severity) for one, severity in enumerate(["HIGH", "CRITICAL", "HIGH"])
}


@dataclass
class World:
    """What is exposed where, the tracker, and what watcher remembers of its tickets."""

    at: datetime = NOON
    exposed: dict[LineName, set[str]] = field(default_factory=dict)
    exploited: set[str] = field(default_factory=set)
    filed: list[Filed] = field(default_factory=list)

    def wanted(self) -> Wanted:
        """The plan: on a ticket's line counts what the ticket lists; a line never leaves it."""
        current = self.current()
        kept = set(current.lines) if current else set()
        lines = {
            line: not self.exposed.get(line)
            for line in LINES
            if line in kept or self.exposed.get(line)
        }
        names = sorted(set().union(*self.exposed.values())) if self.exposed else []
        return Wanted(
            CAUSE,
            lines=lines,
            outstanding={
                name: replace(FLAWS[name], known_exploited=name in self.exploited) for name in names
            },
            action="rebuild",
            substance=repr((lines, names)),
            text=repr((lines, names)),
        )

    def current(self) -> Filed | None:
        opened = [one for one in self.filed if one.state == "open"]
        found = opened or self.filed
        return found[-1] if found else None

    def write(self, number: int, wanted: Wanted, **changes: Any) -> None:  # noqa: ANN401
        held = self.filed[number]
        self.filed[number] = replace(
            held,
            text=wanted.text,
            written=wanted.text,
            written_at=self.at,
            substance=wanted.substance,
            action=wanted.action,
            lines=wanted.lines,
            listed={**held.listed, **wanted.outstanding},
            outstanding=wanted.outstanding,
            **changes,
        )


class Histories(RuleBasedStateMachine):
    """People, teams, databases and watcher, in any order."""

    def __init__(self) -> None:
        super().__init__()
        self.world = World()
        self.by_people: set[str] = set()
        self.passed = False

    @rule(line=st.sampled_from(LINES), flaw=st.sampled_from(sorted(FLAWS)))
    def an_advisory_appears(self, line: LineName, flaw: str) -> None:
        self.world.exposed.setdefault(line, set()).add(flaw)
        self.passed = False

    @rule(line=st.sampled_from(LINES))
    def a_team_rebuilds(self, line: LineName) -> None:
        self.world.exposed.pop(line, None)
        self.passed = False

    @rule(flaw=st.sampled_from(sorted(FLAWS)))
    def one_is_exploited(self, flaw: str) -> None:
        self.world.exploited.add(flaw)
        self.passed = False

    @rule(days=st.sampled_from([0.5, 3, 8, 31, 95]))
    def time_passes(self, days: float) -> None:
        self.world.at += timedelta(days=days)
        self.passed = False

    @precondition(lambda self: self.world.filed)
    @rule(data=st.data())
    def a_person_acts(self, data: st.DataObject) -> None:
        number = data.draw(st.integers(0, len(self.world.filed) - 1))
        act = data.draw(st.sampled_from(["close", "open", "delete", "edit"]))
        held = self.world.filed[number]
        if held.state == "gone":
            return
        self.passed = False
        if act == "close" and held.state == "open":
            held = replace(held, state="closed", closed_by="person", closed_at=self.world.at)
        elif act == "delete":
            by = held.closed_by or "person"
            held = replace(
                held, state="gone", closed_by=by, closed_at=held.closed_at or self.world.at
            )
        elif act == "open" and held.state == "closed":
            held = replace(held, state="open", closed_by=None, closed_at=None)
            self.by_people.add(held.ticket)
        elif act == "edit":
            held = replace(held, text="- [x] done, I swear")
        self.world.filed[number] = held

    @rule()
    def watcher_passes(self) -> None:
        for _ in range(8):
            if not self._step():
                break
        else:
            pytest.fail("a pass never comes to rest")
        self.passed = True

    def _step(self) -> bool:
        world, wanted = self.world, self.world.wanted()
        step = decide(wanted, world.filed, world.at)
        numbers = {one.ticket: number for number, one in enumerate(world.filed)}
        if isinstance(step, Create):
            assert wanted.outstanding
            assert not [one for one in world.filed if one.state == "open"]
            assert step.key.generation == len(world.filed) + 1
            world.filed.append(Filed(str(len(world.filed)), step.key.generation, "open", text=""))
            world.write(-1, wanted)
        elif isinstance(step, Update):
            assert world.filed[numbers[step.ticket]].text != wanted.text
            world.write(numbers[step.ticket], wanted)
        elif isinstance(step, Close):
            assert not any(world.exposed.get(line) for line in LINES), "closed without evidence"
            number = numbers[step.ticket]
            world.write(number, wanted, state="closed", closed_by="watcher", closed_at=world.at)
        elif isinstance(step, Settle):
            assert not any(world.exposed.values())
            number = numbers[step.ticket]
            world.filed[number] = replace(
                world.filed[number], closed_by="watcher", closed_at=world.at
            )
        elif isinstance(step, Reopen):
            assert step.returned <= wanted.outstanding.keys()
            world.write(numbers[step.ticket], wanted, state="open", closed_by=None, closed_at=None)
        return isinstance(step, Create | Update | Close | Settle | Reopen)

    @invariant()
    def never_two_open_unless_a_person_opened_one(self) -> None:
        opened = [one for one in self.world.filed if one.state == "open"]
        assert len([one for one in opened if one.ticket not in self.by_people]) <= 1

    @invariant()
    def never_two_of_one_generation(self) -> None:
        generations = [one.generation for one in self.world.filed]
        assert len(set(generations)) == len(generations)

    @invariant()
    def none_left_open_after_the_evidence(self) -> None:
        if self.passed and not any(self.world.exposed.values()):
            assert [one for one in self.world.filed if one.state == "open"] == []

    @invariant()
    def what_is_exposed_has_a_ticket_or_a_dismissal(self) -> None:
        if self.passed and any(self.world.exposed.values()):
            step = decide(self.world.wanted(), self.world.filed, self.world.at)
            assert isinstance(step, Nothing | Grace | Dismissed)
            if isinstance(step, Nothing):
                assert [one for one in self.world.filed if one.state == "open"]


Histories.TestCase.settings = settings(max_examples=60, stateful_step_count=30, deadline=None)
TestHistories = Histories.TestCase
