"""The ticket stage: one ticket for each cause, kept true, never filed twice."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.fakes.tracker import Call
from tests.unit.domain.days import day
from tests.unit.report.figures.bumps import CAUSE, line
from tests.unit.services.ticket.office import Office, office
from watcher.domain.errors import PermanentError, TransientError
from watcher.domain.ticket import (
    Cause,
    Create,
    Dismissed,
    Fix,
    Grace,
    Held,
    Nothing,
    Rated,
    TicketKey,
)

API, WEB = line("api", 2), line("web", 1)
API_DONE, WEB_DONE = line("api", 2, 3), line("web", 1, 4)
PAY = Cause("pay", CAUSE.lineage)


@pytest.fixture
def desk() -> Office:
    return office()


# the life of a ticket


def test_a_plan_is_filed_once_and_remembered_as_it_was_written(desk: Office) -> None:
    assert desk.counts(1) == (1, 0, 0)
    (ticket,) = desk.tickets.values()
    (held,) = desk.record.remembered()
    assert (held.key, held.ticket, held.url) == (TicketKey(1, CAUSE), ticket.id, ticket.url)
    assert (held.written_at, held.closed_by) == (day(1), None)
    assert [one.name for one in held.lines] == [API.name, WEB.name]
    assert held.listed == held.outstanding == {"CVE-1": Rated("HIGH")}
    assert desk.record.begun == {}
    assert desk.counts(1) == (0, 0, 0)
    assert desk.counts(1.1) == (0, 0, 0)


def test_lines_are_ticked_and_the_last_one_closes(desk: Office) -> None:
    desk.take(1)
    desk.plan(API_DONE, WEB)
    assert desk.counts(3) == (0, 1, 0)
    assert "- [x] `local/shop/api`" in desk.tickets["1"].body
    desk.plan(API_DONE, WEB_DONE)
    assert desk.counts(4) == (0, 0, 1)
    assert desk.tickets["1"].state == "closed"
    (held,) = desk.record.remembered()
    assert (held.closed_by, held.closed_at) == ("watcher", day(4))
    desk.unplan()
    assert desk.counts(5) == (0, 0, 0)


def test_what_returns_within_thirty_days_is_opened_again_and_later_filed_anew(
    desk: Office,
) -> None:
    desk.take(1)
    desk.plan(API_DONE, WEB_DONE)
    desk.take(4)
    desk.plan(API, WEB_DONE)
    assert desk.counts(20) == (0, 1, 0)
    assert (desk.tickets["1"].state, len(desk.tickets)) == ("open", 1)
    desk.plan(API_DONE, WEB_DONE)
    desk.take(21)
    desk.plan(API, WEB_DONE)
    assert desk.counts(60) == (1, 0, 0)
    assert desk.tickets["2"].key == TicketKey(2, CAUSE)


def test_another_action_is_announced_in_a_comment(desk: Office) -> None:
    desk.take(1)
    target = desk.record.plans[0].target
    desk.plan(API, WEB, action="pin", target=replace(target, digest="sha256:other"))
    assert desk.counts(2) == (0, 1, 0)
    assert [text for _, text in desk.tracker.comments] == [
        "The move is another now: pin registry.example/base/python:3.12"
    ]


def test_figures_that_move_by_time_are_written_once_a_week(desk: Office) -> None:
    desk.take(1)
    assert [desk.counts(at) for at in (2, 7.9, 8, 9)] == [
        (0, 0, 0),
        (0, 0, 0),
        (0, 1, 0),
        (0, 0, 0),
    ]


def test_teams_have_tickets_of_their_own(desk: Office) -> None:
    desk.plan(line("pay", 1), cause=PAY)
    assert desk.counts(1) == (2, 0, 0)
    assert {one.key.cause for one in desk.tickets.values()} == {CAUSE, PAY}


# people


def test_a_close_by_hand_is_noticed_when_it_is_seen_and_waits_for_evidence(desk: Office) -> None:
    desk.take(1)
    closed = desk.tickets["1"]
    desk.tracker.by_hand("1", state="closed")
    assert closed.updated_at == day(1)
    assert desk.counts(20) == (0, 0, 0)
    (held,) = desk.record.remembered()
    # The tracker still says when we last wrote: the close was later, nobody knows by how much.
    assert (held.closed_by, held.closed_at) == ("person", day(20))
    assert desk.preview(26.9) == {CAUSE: Grace("1", day(27))}
    assert desk.preview(27) == {CAUSE: Dismissed("1", day(110))}
    desk.plan(API_DONE, WEB_DONE)
    desk.take(25)
    assert desk.record.remembered()[0].closed_by == "watcher"


def said(desk: Office, at: float) -> list[tuple[str, str]]:
    """What a pass has to say of tickets on a day."""
    return [(one.subject, one.text) for one in desk.take(at).notes]


FOLLOWS = (
    "its lines may be done until 2026-03-10, else it counts as dismissed until 2026-06-01: "
    "filed again before that only if a worse severity appears"
)


def test_a_close_by_hand_is_told_once_with_what_follows(desk: Office) -> None:
    desk.take(1)
    desk.tracker.by_hand("1", state="closed")
    told = f"closed by a person; {FOLLOWS}; to keep it, open it there"
    assert said(desk, 2) == [("tickets: 1", told)]
    assert said(desk, 3) == []
    desk.tracker.by_hand("1", state="open")
    assert said(desk, 4) == [("tickets: 1", "opened again by a person: it is kept again")]
    assert said(desk, 5) == []


def test_a_close_by_hand_tells_of_a_list_of_the_exploited_only_where_one_is_asked(
    desk: Office,
) -> None:
    desk.kev = True
    desk.take(1)
    desk.tracker.by_hand("1", state="closed")
    ((_, told),) = said(desk, 2)
    assert "one of its vulnerabilities is listed as known exploited or a worse" in told


def test_a_deleted_ticket_is_told_once_with_where_to_put_it_back(desk: Office) -> None:
    desk.take(1)
    desk.tracker.delete("1")
    told = (
        f"is gone: taken for closed by a person; {FOLLOWS}; to keep it, put memory:tickets/1 back"
    )
    assert said(desk, 2) == [("tickets: 1", told)]
    assert said(desk, 3) == []


def test_a_close_by_hand_of_what_is_done_has_no_consequence(desk: Office) -> None:
    desk.take(1)
    desk.tracker.by_hand("1", state="closed")
    desk.plan(API_DONE, WEB_DONE)
    assert said(desk, 2) == [("tickets: 1", "closed by a person")]


def closed_by_hand(desk: Office) -> None:
    """A ticket that a person closed on the second day, and what is done since."""
    desk.take(1)
    desk.tracker.by_hand("1", state="closed")
    desk.take(2)
    desk.plan(API_DONE, WEB_DONE)


def test_a_close_by_hand_that_evidence_confirms_is_written_once(desk: Office) -> None:
    closed_by_hand(desk)
    assert [desk.counts(at) for at in (5, 6, 20)] == [(0, 1, 0), (0, 0, 0), (0, 0, 0)]
    ticket, (held,) = desk.tickets["1"], desk.record.remembered()
    assert (ticket.state, held.closed_by, held.closed_at) == ("closed", "watcher", day(2))
    assert ticket.body.startswith("**Done since ")
    assert "- [ ]" not in ticket.body
    assert (held.written_at, held.listed) == (day(5), {"CVE-1": Rated("HIGH")})
    assert all(one.done for one in held.lines)
    assert desk.record.begun == {}


def test_a_confirmed_close_that_could_not_be_written_is_tried_again(desk: Office) -> None:
    closed_by_hand(desk)
    desk.tracker.fail_next("update", TransientError("memory:tickets/1 answered 503: try again"))
    assert [one.retry for one in desk.take(5).failures] == [True]
    assert desk.record.remembered()[0].closed_by == "person"
    assert desk.counts(6) == (0, 1, 0)
    assert desk.record.remembered()[0].closed_by == "watcher"


def test_a_confirmed_close_that_nobody_may_write_is_one_by_evidence_all_the_same(
    desk: Office,
) -> None:
    closed_by_hand(desk)
    desk.tracker.fail_next("update", PermanentError("memory:tickets/1 is locked: unlock it"))
    assert [one.retry for one in desk.take(5).failures] == [False]
    assert desk.record.remembered()[0].closed_by == "watcher"
    assert "- [ ]" in desk.tickets["1"].body
    assert desk.record.begun == {}
    assert desk.counts(6) == (0, 0, 0)


def test_a_deleted_ticket_that_evidence_confirms_is_not_written(desk: Office) -> None:
    desk.take(1)
    desk.tracker.delete("1")
    desk.take(2)
    desk.plan(API_DONE, WEB_DONE)
    assert desk.counts(5) == (0, 0, 0)
    assert desk.record.remembered()[0].closed_by == "watcher"


def test_a_change_that_was_not_ours_dates_the_close(desk: Office) -> None:
    desk.take(1)
    ticket = desk.tickets["1"]
    desk.tracker.reopen(ticket, "by somebody's script", day(12))
    desk.tracker.by_hand("1", state="closed")
    desk.take(20)
    assert desk.record.remembered()[0].closed_at == day(12)


def test_a_dismissal_ends_when_its_time_is_over(desk: Office) -> None:
    desk.take(1)
    desk.tracker.by_hand("1", state="closed")
    desk.take(2)
    assert [desk.counts(at)[0] for at in (3, 9, 91.9)] == [0, 0, 0]
    assert desk.counts(92) == (1, 0, 0)
    assert desk.tickets["2"].key == TicketKey(2, CAUSE)


def test_a_ticket_opened_again_by_hand_is_kept_again(desk: Office) -> None:
    desk.take(1)
    desk.tracker.by_hand("1", state="closed")
    desk.take(2)
    desk.tracker.by_hand("1", state="open")
    desk.plan(API_DONE, WEB)
    assert desk.counts(3) == (0, 1, 0)
    assert desk.record.remembered()[0].closed_by is None


def test_a_deleted_ticket_counts_as_closed_by_hand(desk: Office) -> None:
    desk.take(1)
    desk.tracker.delete("1")
    assert desk.counts(5) == (0, 0, 0)
    (held,) = desk.record.remembered()
    assert (held.closed_by, held.closed_at) == ("person", day(5))
    assert desk.counts(95) == (1, 0, 0)


def test_an_edited_text_is_written_anew(desk: Office) -> None:
    desk.take(1)
    desk.tracker.by_hand("1", body="all good, nothing to see")
    assert desk.counts(2) == (0, 1, 0)
    assert "- [ ] `local/shop/api`" in desk.tickets["1"].body


# what is broken


def worse(desk: Office) -> None:
    """A critical vulnerability comes to what the ticket fixes."""
    found = (*desk.record.plans[0].fixes, Fix("CVE-3", "CRITICAL", "bash", "6", 1))
    desk.plan(API, WEB, fixes=found)


def test_the_label_of_severity_follows_the_worst_and_all_others_are_left_alone(
    desk: Office,
) -> None:
    desk.take(1)
    assert desk.tickets["1"].labels == ("watcher", "base-image", "severity/high")
    desk.tracker.by_hand("1", labels=("urgent", "severity/high", "severity/ours"))
    worse(desk)
    desk.take(2)
    assert desk.tickets["1"].labels == ("urgent", "severity/critical", "severity/ours")
    desk.plan(API, WEB)
    desk.take(3)
    assert desk.tickets["1"].labels == ("urgent", "severity/high", "severity/ours")


def test_a_label_of_severity_that_people_took_off_stays_off_while_the_worst_is_the_same(
    desk: Office,
) -> None:
    desk.take(1)
    desk.tracker.by_hand("1", labels=("urgent",))
    desk.plan(API_DONE, WEB)
    desk.take(2)
    assert list(desk.tickets["1"].labels) == ["urgent"]
    worse(desk)
    desk.take(3)
    assert list(desk.tickets["1"].labels) == ["urgent", "severity/critical"]


def test_a_ticket_opened_again_has_the_severity_of_what_returned(desk: Office) -> None:
    desk.take(1)
    desk.plan(API_DONE, WEB_DONE)
    desk.take(4)
    found = (*desk.record.plans[0].listed, Fix("CVE-1", "CRITICAL", "openssl", "3", 1))
    desk.plan(API, WEB_DONE, fixes=found)
    desk.take(5)
    ticket = desk.tickets["1"]
    assert (ticket.state, ticket.labels[-1]) == ("open", "severity/critical")


def test_a_broken_ticket_is_named_and_neither_deleted_nor_filed_again(desk: Office) -> None:
    desk.take(1)
    desk.tracker.damage("1", "has no front matter: put it back")
    outcome = desk.take(2)
    assert [(one.subject, one.error, one.retry) for one in outcome.failures] == [
        ("tickets: 1", "memory:tickets/1 has no front matter: put it back", False)
    ]
    assert sum(outcome.counts.values()) == 0
    assert isinstance(desk.preview(2)[CAUSE], Held)
    desk.tracker.mend("1")
    desk.plan(API_DONE, WEB)
    assert desk.counts(3) == (0, 1, 0)
    assert desk.record.remembered()[0].closed_by is None


def test_a_ticket_under_the_key_of_another_takes_nothing_from_it(desk: Office) -> None:
    desk.plan(line("pay", 1), cause=PAY)
    desk.take(1)
    ids = {one.key.cause: one.id for one in desk.tickets.values()}
    first, second = sorted(ids, key=lambda cause: ids[cause])
    whole = desk.tracker._tickets[ids[first]]
    desk.tracker._tickets[ids[first]] = replace(whole, key=TicketKey(1, second))
    desk.plan(API_DONE, WEB)
    desk.plan(line("pay", 1, 2), cause=PAY)
    outcome = desk.take(2)
    assert sum(outcome.counts.values()) == 0
    told = {one.subject: one.error for one in outcome.failures}
    assert told.keys() == {"tickets: 1", "tickets: 2"}
    assert f"was filed as 1:{first.team}:" in told["tickets: 1"]
    desk.tracker._tickets[ids[first]] = whole
    assert desk.counts(3) == (0, 1, 1)


def test_a_ticket_under_a_key_of_nobody_is_named_and_not_taken_for_deleted(desk: Office) -> None:
    desk.take(1)
    whole = desk.tracker._tickets["1"]
    desk.tracker._tickets["1"] = replace(whole, key=TicketKey(7, PAY))
    (failure,) = desk.take(2).failures
    assert "says key 7:pay:" in failure.error
    assert isinstance(desk.preview(2)[CAUSE], Held)
    desk.tracker._tickets["1"] = whole
    desk.plan(API_DONE, WEB)
    assert desk.counts(3) == (0, 1, 0)


def test_a_copy_is_named_and_the_first_one_is_kept(desk: Office) -> None:
    desk.take(1)
    copy = desk.tracker.copy("1")
    desk.plan(API_DONE, WEB)
    outcome = desk.take(2)
    assert outcome.counts == {"tickets_updated": 1}
    assert [one.subject for one in outcome.failures] == [f"tickets: {copy}"]
    assert "same key" in outcome.failures[0].error
    assert "- [x]" in desk.tickets["1"].body


# what fails


def test_a_tracker_that_cannot_be_listed_is_named_and_the_next_pass_files_once(
    desk: Office,
) -> None:
    desk.tracker.fail_next("tickets", TransientError("tickets does not answer"))
    outcome = desk.take(1)
    assert [(one.subject, one.retry) for one in outcome.failures] == [("tickets", True)]
    assert sum(outcome.counts.values()) == 0
    assert [desk.counts(at) for at in (2, 3)] == [(1, 0, 0), (0, 0, 0)]


@pytest.mark.parametrize("error", [TransientError("busy"), PermanentError("no such project")])
def test_a_create_that_failed_for_certain_is_tried_again(
    desk: Office, error: TransientError | PermanentError
) -> None:
    desk.tracker.fail_next("create", error)
    outcome = desk.take(1)
    assert [one.subject for one in outcome.failures] == [f"tickets: {CAUSE.lineage}"]
    assert (desk.record.begun, desk.record.held) == ({}, {})
    assert desk.counts(2) == (1, 0, 0)
    assert len(desk.tickets) == 1


@pytest.mark.parametrize("took_effect", [True, False])
def test_a_create_whose_answer_was_lost_is_never_repeated_blindly(
    desk: Office, *, took_effect: bool
) -> None:
    desk.tracker.fail_next("create", took_effect=took_effect)
    outcome = desk.take(1)
    assert len(outcome.failures) == 1
    assert len(desk.record.begun) == took_effect
    desk.take(2)
    assert (len(desk.tickets), desk.record.begun) == (1, {})
    assert desk.record.remembered()[0].ticket == "1"
    assert desk.counts(3) == (0, 0, 0)


def test_a_lost_answer_stays_open_while_the_tracker_cannot_be_listed(desk: Office) -> None:
    desk.tracker.fail_next("create", took_effect=True)
    desk.take(1)
    desk.tracker.fail_next("tickets")
    desk.take(2)
    assert len(desk.record.begun) == 1
    desk.take(3)
    assert (desk.record.begun, len(desk.tickets)) == ({}, 1)


@pytest.mark.parametrize("call", ["update", "comment"])
def test_a_write_whose_answer_was_lost_is_made_again(desk: Office, call: Call) -> None:
    desk.take(1)
    desk.plan(API_DONE, WEB, action="pin")
    desk.tracker.fail_next(call, took_effect=True)
    assert len(desk.take(2).failures) == 1
    assert desk.take(3).failures == []
    assert "- [x]" in desk.tickets["1"].body
    assert desk.record.begun == {}
    assert desk.counts(4) == (0, 0, 0)


def test_a_close_whose_answer_was_lost_is_no_close_by_hand(desk: Office) -> None:
    desk.take(1)
    desk.plan(API_DONE, WEB_DONE)
    desk.tracker.fail_next("close", took_effect=True)
    assert len(desk.take(4).failures) == 1
    desk.take(5)
    assert desk.tickets["1"].state == "closed"
    assert desk.record.remembered()[0].closed_by == "watcher"


def test_one_ticket_that_fails_leaves_the_others_their_turn(desk: Office) -> None:
    desk.plan(line("pay", 1), cause=PAY)
    desk.tracker.fail_next("create", TransientError("busy"))
    outcome = desk.take(1)
    assert (len(outcome.failures), outcome.counts["tickets_created"]) == (1, 1)
    assert desk.counts(2) == (1, 0, 0)


# what is held


def test_no_more_are_filed_than_may_be_open_or_filed_in_an_hour(desk: Office) -> None:
    desk.plan(line("pay", 1), cause=PAY)
    desk.per_hour = 1
    assert desk.counts(1) == (1, 0, 0)
    assert desk.counts(1.01) == (0, 0, 0)
    held = desk.preview(1.01)[CAUSE]
    assert isinstance(held, Held)
    assert "per_hour" in held.reason
    desk.open_at_most = 1
    assert desk.counts(1.5) == (0, 0, 0)
    desk.open_at_most = 2
    assert desk.counts(1.5) == (1, 0, 0)


def test_a_plan_in_doubt_is_not_filed_and_an_open_ticket_is_left_as_it_is(desk: Office) -> None:
    why = "the newest base is not catalogued and matched yet"
    desk.plan(API, WEB, doubt=why)
    assert desk.counts(1) == (0, 0, 0)
    assert desk.preview(1) == {CAUSE: Held(why)}
    desk.plan(API, WEB)
    desk.take(2)
    desk.plan(API, WEB, doubt=why)
    assert desk.counts(3) == (0, 0, 0)


def test_a_plan_with_nothing_but_doubt_does_nothing(desk: Office) -> None:
    desk.plan(doubt="not known")
    assert desk.preview(1) == {CAUSE: Nothing()}
    assert desk.counts(1) == (0, 0, 0)


@pytest.mark.parametrize("team", ["quiet", "typo"])
def test_a_team_without_a_tracker_is_filed_nowhere_and_the_preview_says_why(
    desk: Office, team: str
) -> None:
    nowhere = Cause(team, CAUSE.lineage)
    desk.plan(line("quiet", 1), cause=nowhere)
    outcome = desk.take(1)
    assert (outcome.failures, outcome.counts["tickets_created"]) == ([], 1)
    desk.unplan()
    desk.plan(line("quiet", 1), cause=nowhere)
    assert desk.preview(1) == {nowhere: Held(f"team {team} has no tracker: name one in owners")}


def test_a_preview_does_nothing(desk: Office) -> None:
    assert desk.preview(1) == {CAUSE: Create(TicketKey(1, CAUSE))}
    assert (desk.tickets, desk.record.held, desk.record.begun) == ({}, {}, {})


def test_nothing_is_listed_where_nothing_is_planned_or_open(desk: Office) -> None:
    desk.unplan()
    assert desk.take(1).failures == []
    assert desk.tracker.calls["tickets"] == 0
