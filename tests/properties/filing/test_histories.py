"""A thousand histories of findings, bumps, people and faults: one ticket, closed on evidence."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from tests.fakes.issues import Fault
from tests.properties.filing.town import CAUSES, LINES, Town
from watcher.domain.ticket import Cause

causes = st.sampled_from(CAUSES)
lines = st.sampled_from(LINES)
flaws = st.sampled_from(("CVE-1", "CVE-2", "CVE-3"))
severities = st.sampled_from(("HIGH", "CRITICAL", "LOW"))
numbers = st.integers(0, 20)
gaps = st.sampled_from((0.001, 0.05, 1.0, 8.0, 40.0, 100.0))
faults: st.SearchStrategy[Fault] = st.sampled_from(
    ("refused", "lost", "late", "limited", "die before", "die after")
)


class Histories(RuleBasedStateMachine):
    """Anything, in any order; after each step it is sound, and after calm all is well."""

    def __init__(self) -> None:
        super().__init__()
        self.town = Town()

    @initialize(lags=st.booleans())
    def begin(self, lags: bool) -> None:  # noqa: FBT001 - hypothesis calls it
        self.town = Town(lags=lags)

    @rule(gap=gaps)
    def make_a_pass(self, gap: float) -> None:
        self.town.at += gap
        self.town.pass_()

    @rule(cause=causes, name=lines, flaw=flaws, severity=severities, kev=st.booleans())
    def find(self, cause: Cause, name: str, flaw: str, severity: Any, kev: bool) -> None:  # noqa: ANN401, FBT001 - hypothesis calls it
        self.town.find(cause, name, flaw, severity, kev=kev)

    @rule(cause=causes, name=lines)
    def rebuild(self, cause: Cause, name: str) -> None:
        self.town.rebuild(cause, name)

    @rule(cause=causes)
    def rebuild_all(self, cause: Cause) -> None:
        for name in LINES:
            self.town.rebuild(cause, name)

    @rule()
    def move_the_target(self) -> None:
        self.town.target += 1

    @rule(number=numbers, open_=st.booleans())
    def set_state_by_hand(self, number: int, open_: bool) -> None:  # noqa: FBT001 - hypothesis calls it
        chosen = self._chosen(number)
        if chosen is not None:
            self.town.place.board.change(chosen, open_=open_)

    @rule(number=numbers)
    def delete_by_hand(self, number: int) -> None:
        chosen = self._chosen(number)
        if chosen is not None:
            self.town.place.board.delete(chosen)

    @rule(number=numbers, keep=st.booleans())
    def label_by_hand(self, number: int, keep: bool) -> None:  # noqa: FBT001 - hypothesis calls it
        chosen = self._chosen(number)
        if chosen is not None:
            labels = ("watcher", "urgent") if keep else ("urgent",)
            self.town.place.board.change(chosen, labels=labels, title="mine now")

    @rule(number=numbers, kept=st.booleans())
    def write_by_hand(self, number: int, kept: bool) -> None:  # noqa: FBT001 - hypothesis calls it
        chosen = self._chosen(number)
        if chosen is not None:
            body = self.town.place.board.issues[chosen].body
            self.town.place.board.change(chosen, body=f"note\n{body}" if kept else "all new")

    @rule(number=numbers)
    def copy_by_hand(self, number: int) -> None:
        chosen = self._chosen(number)
        if chosen is not None:
            held = self.town.place.board.issues[chosen]
            self.town.place.board.file(held.title, held.body, ("watcher",))

    @rule(number=numbers, wish=st.sampled_from(("approve", "hold", "refresh")))
    def tick(self, number: int, wish: str) -> None:
        chosen = self._chosen(number)
        if chosen is not None:
            body = self.town.place.board.issues[chosen].body
            box = f"<!-- watcher:{wish}="
            self.town.place.board.change(chosen, body=body.replace(f"[ ] {box}", f"[x] {box}"))

    @rule(fault=faults)
    def let_a_write_fail(self, fault: Fault) -> None:
        self.town.place.faults.append(fault)

    @rule(side=st.sampled_from(("before", "after")), wait=st.integers(0, 4))
    def let_a_commit_kill(self, side: str, wait: int) -> None:
        self.town.record.deaths += ["none"] * wait + [side]

    @rule(cause=causes, name=lines)
    def take_over_from_one_who_is_late(self, cause: Cause, name: str) -> None:
        self.town.find(cause, name, "CVE-3", "CRITICAL", kev=True)
        self.town.place.faults[:] = ["late"]
        self.town.pass_()
        self.town.pass_()
        self.town.place.land()

    @rule()
    def let_what_is_late_land(self) -> None:
        self.town.place.land()

    @rule(template=st.sampled_from((None, None, "### Describe the bug")))
    def let_a_template_take_texts(self, template: str | None) -> None:
        self.town.place.board.template = template

    @rule(lagging=st.booleans())
    def let_lists_lag(self, lagging: bool) -> None:  # noqa: FBT001 - hypothesis calls it
        self.town.place.lagging = lagging

    @rule()
    def come_to_rest(self) -> None:
        self.town.calm()
        self.town.settled()

    @invariant()
    def it_is_sound(self) -> None:
        self.town.sound()

    def teardown(self) -> None:
        self.come_to_rest()

    def _chosen(self, number: int) -> int | None:
        there = self.town.tickets
        return there[number % len(there)] if there else None


@pytest.mark.slow
@pytest.mark.timeout(1800)
class TestHistories(Histories.TestCase):  # type: ignore[misc, valid-type] # made by hypothesis
    settings = settings(
        parent=settings.default,
        max_examples=max(1000, settings.default.max_examples if settings.default else 0),
        stateful_step_count=25,
    )
