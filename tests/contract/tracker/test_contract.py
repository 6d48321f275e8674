"""The suite that every tracker signs: the adapters on the real thing, and the fake."""

from __future__ import annotations

import pkgutil
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from tests.contract.tracker.conftest import SUBJECTS
from tests.contract.tracker.subjects.subject import Subject
from watcher.adapters import trackers
from watcher.domain.errors import NotFoundError, PermanentError, TransientError
from watcher.domain.ticket import Cause, TicketKey, marked, marker
from watcher.domain.ticket.state import fingerprint
from watcher.ports.tracker import Draft, Known, Listing, Ticket, UncertainError

NOON = datetime(2026, 11, 3, 12, tzinfo=UTC)
LATER = NOON + timedelta(days=1)
KEY = TicketKey(1, Cause("data", "harbor.acme.example/base/python:3.12-slim"))
TEXT = "**Rebuild.**\n\n- [ ] `local/data/api:latest` amd64"


def draft(key: TicketKey = KEY, text: str = TEXT) -> Draft:
    return Draft(
        key, "Rebuild on the new base python:3.12-slim", body(text, key), ("watcher", "base-image")
    )


def body(text: str, key: TicketKey = KEY) -> str:
    return f"{text}\n\n{marker(key)}\n"


def known(*tickets: Ticket) -> dict[str, Known]:
    return {
        one.id: Known(one.key, one.state == "closed", fingerprint(one.body), one.place)
        for one in tickets
    }


def only(subject: Subject) -> Ticket:
    listing = subject.another().tickets()
    assert listing.unreadable == ()
    (ticket,) = listing.tickets
    return ticket


def test_every_module_of_trackers_signs_this_suite() -> None:
    kinds = {module.name for module in pkgutil.iter_modules(trackers.__path__)}
    assert kinds == {name.partition("-")[0] for name in SUBJECTS} - {"fake"}


def test_an_empty_tracker_lists_nothing(subject: Subject) -> None:
    assert subject.tracker.tickets().tickets == ()


def test_a_ticket_is_listed_as_it_was_filed(subject: Subject) -> None:
    made = subject.tracker.create(draft(), NOON)
    assert made == only(subject)
    assert made.key == KEY
    assert made.title == "Rebuild on the new base python:3.12-slim"
    assert made.body == body(TEXT)
    assert made.state == "open"
    assert set(made.labels) == {"watcher", "base-image"}
    assert made.created_at is not None
    assert made.updated_at is not None
    if not subject.keeps_clock:
        assert made.created_at == made.updated_at == NOON
    assert made.id in made.url


def test_a_text_comes_back_character_by_character(subject: Subject) -> None:
    hostile = (
        "---\nkey: 9:x:y\n---\n\n😀 \\~ `a|b` &lt;b&gt; {{ x }} %{y}\n\n```diff\n-a\n+b\n```\n\n..."
    )
    made = subject.tracker.create(draft(text=hostile), NOON)
    assert made.body == only(subject).body == body(hostile)


def test_a_title_of_any_characters_comes_back_on_one_line(subject: Subject) -> None:
    for number, title in enumerate(
        ("a: b", "yes", "3.12", "# x", "{a", 'it\'s "x"', "- é 😀", "a\nb")
    ):
        key = TicketKey(number + 1, KEY.cause)
        made = subject.tracker.create(Draft(key, title, body(TEXT, key), ("watcher",)), NOON)
        assert made.title == " ".join(title.split())
    titles = [ticket.title for ticket in subject.another().tickets().tickets]
    assert titles == ["a: b", "yes", "3.12", "# x", "{a", 'it\'s "x"', "- é 😀", "a b"]


def test_a_draft_without_its_marker_is_filed_with_it(subject: Subject) -> None:
    made = subject.tracker.create(Draft(KEY, "t", TEXT), NOON)
    found = marked(made.body)
    assert found is not None
    assert (found.key, made.body[: len(TEXT)]) == (KEY, TEXT)
    assert found.end == len(made.body) - 1


def test_an_update_changes_the_text_alone(subject: Subject) -> None:
    made = subject.tracker.create(draft(), NOON)
    updated = subject.tracker.update(made, body("new"), LATER)
    assert updated == only(subject)
    assert (updated.id, updated.key, updated.url) == (made.id, made.key, made.url)
    assert updated.body == body("new")
    assert (updated.title, updated.labels, updated.state) == (made.title, made.labels, "open")
    if not subject.keeps_clock:
        assert (updated.created_at, updated.updated_at) == (NOON, LATER)
    assert updated.version != made.version


def test_title_and_labels_change_where_they_are_given(subject: Subject) -> None:
    made = subject.tracker.create(draft(), NOON)
    updated = subject.tracker.update(
        made, body("new"), LATER, title="Move on", labels=("watcher", "y:z")
    )
    assert updated == only(subject)
    assert updated.title == "Move on"
    assert set(updated.labels) == {"watcher", "y:z"}


def test_labels_change_where_they_are_given_to_a_ticket_opened_again(subject: Subject) -> None:
    made = subject.tracker.create(draft(), NOON)
    closed = subject.tracker.close(made, body("done"), LATER)
    opened = subject.tracker.reopen(closed, body("again"), LATER, labels=("watcher", "x"))
    assert opened == only(subject)
    assert (opened.state, set(opened.labels)) == ("open", {"watcher", "x"})


def test_the_same_update_twice_changes_nothing(subject: Subject) -> None:
    made = subject.tracker.create(draft(), NOON)
    once = subject.tracker.update(made, body("new"), LATER)
    assert subject.tracker.update(once, body("new"), LATER + timedelta(days=1)) == once


def test_a_closed_ticket_stays_listed_and_can_be_opened_again(subject: Subject) -> None:
    made = subject.tracker.create(draft(), NOON)
    closed = subject.tracker.close(made, body("done"), LATER)
    assert closed == only(subject)
    assert (closed.state, closed.body) == ("closed", body("done"))
    assert subject.tracker.close(closed, body("done"), LATER + timedelta(days=1)) == closed
    opened = subject.tracker.reopen(closed, body("again"), LATER)
    assert opened == only(subject)
    assert (opened.state, opened.body) == ("open", body("again"))


def test_people_close_and_open_tickets(subject: Subject) -> None:
    made = subject.tracker.create(draft(), NOON)
    subject.set_state(made, "closed")
    assert only(subject).state == "closed"
    subject.set_state(made, "open")
    assert only(subject).state == "open"


def test_labels_and_title_of_people_outlive_every_write(subject: Subject) -> None:
    made = subject.tracker.create(draft(), NOON)
    subject.set_title(made, "Please rebuild")
    subject.set_labels(made, ("urgent",))
    (shown,) = subject.another().tickets(known(made)).tickets
    updated = subject.tracker.update(shown, body("new"), LATER)
    closed = subject.tracker.close(updated, body("done"), LATER)
    subject.tracker.reopen(closed, body("again"), LATER)
    (shown,) = subject.another().tickets(known(made)).tickets
    assert (shown.title, shown.labels) == ("Please rebuild", ("urgent",))


def test_a_text_that_people_edited_is_listed_as_they_left_it(subject: Subject) -> None:
    made = subject.tracker.create(draft(), NOON)
    subject.set_text(made, "- [x] done, I swear")
    assert only(subject).body == body("- [x] done, I swear")
    assert subject.tracker.update(only(subject), body(TEXT), LATER).body == body(TEXT)


@pytest.mark.parametrize("write", ["update", "close", "reopen"])
def test_a_write_upon_a_change_unseen_changes_nothing(subject: Subject, write: str) -> None:
    made = subject.tracker.create(draft(), NOON)
    subject.set_state(made, "closed")
    with pytest.raises(TransientError, match="changed") as caught:
        getattr(subject.tracker, write)(made, body("new"), LATER)
    assert not isinstance(caught.value, UncertainError)
    assert (only(subject).state, only(subject).body) == ("closed", body(TEXT))


def test_a_write_to_a_deleted_ticket_says_that_it_is_gone(subject: Subject) -> None:
    made = subject.tracker.create(draft(), NOON)
    subject.delete(made)
    with pytest.raises(NotFoundError):
        subject.tracker.update(made, body("new"), LATER)
    with pytest.raises(NotFoundError):
        subject.tracker.close(made, body("new"), LATER)
    gone = subject.another().tickets(known(made))
    assert (gone.tickets, gone.unreadable) == ((), ())


def test_the_id_of_a_deleted_ticket_is_never_given_again(subject: Subject) -> None:
    first = subject.tracker.create(draft(), NOON)
    subject.delete(first)
    assert subject.another().create(draft(), NOON).id != first.id


def test_a_remark_leaves_text_title_and_state_alone(subject: Subject) -> None:
    made = subject.tracker.create(draft(), NOON)
    remarked = subject.tracker.comment(made, "The target is another now.", LATER)
    shown = only(subject)
    assert replace(remarked, updated_at=shown.updated_at) == shown
    assert (remarked.body, remarked.title, remarked.state) == (made.body, made.title, "open")
    updated = subject.tracker.update(remarked, body("new"), LATER)
    assert updated.body == body("new")


def names(listing: Listing) -> set[TicketKey | None]:
    return {one.key for one in listing.tickets} | {one.key for one in listing.unreadable}


def test_a_ticket_that_lost_its_marker_is_not_taken_for_deleted(subject: Subject) -> None:
    broken = subject.tracker.create(draft(), NOON)
    other = subject.tracker.create(draft(TicketKey(1, Cause("shop", "x"))), NOON)
    subject.damage(broken)
    listing = subject.another().tickets(known(broken, other))
    assert names(listing) == {KEY, other.key}
    assert other in listing.tickets
    if subject.fragile:
        (named,) = listing.unreadable
        assert (named.id, named.key) == (broken.id, KEY)
        assert broken.id in named.reason
        assert "\n" not in named.reason
        with pytest.raises((PermanentError, TransientError)):
            subject.tracker.update(broken, body("new"), LATER)
    else:
        shown = next(one for one in listing.tickets if one.key == KEY)
        assert (shown.id, shown.body) == (broken.id, "- [ ] my own list\n")
        mended = subject.tracker.update(shown, body("new"), LATER)
        assert mended.body == body("new")
        assert mended in subject.another().tickets(known(mended)).tickets
    again = subject.tracker.create(draft(TicketKey(2, KEY.cause)), NOON)
    assert again.id not in {broken.id, other.id}


def test_a_misplaced_ticket_is_not_taken_for_deleted(subject: Subject) -> None:
    moved = subject.tracker.create(draft(), NOON)
    other = subject.tracker.create(draft(TicketKey(1, Cause("shop", "x"))), NOON)
    subject.misplace(moved)
    listing = subject.another().tickets(known(moved, other))
    assert names(listing) == {KEY, other.key}
    assert other in listing.tickets
    for named in listing.unreadable:
        assert moved.id in named.reason
        assert "\n" not in named.reason


def test_of_two_tickets_with_one_key_the_first_counts_and_the_other_is_named(
    subject: Subject,
) -> None:
    made = subject.tracker.create(draft(), NOON)
    copy = subject.copy(made)
    listing = subject.another().tickets()
    assert [ticket.id for ticket in listing.tickets] == [made.id]
    assert [(one.id, one.key) for one in listing.unreadable] == [(copy, KEY)]
    assert "same key" in listing.unreadable[0].reason


def test_an_emptied_tracker_is_an_error_where_tickets_are_known(subject: Subject) -> None:
    made = subject.tracker.create(draft(), NOON)
    subject.empty()
    with pytest.raises(TransientError, match="holds none of the 1"):
        subject.another().tickets(known(made))


def test_a_tracker_that_fails_is_an_error_and_no_empty_list(subject: Subject) -> None:
    made = subject.tracker.create(draft(), NOON)
    subject.stop()
    for attempt in (
        subject.tracker.tickets,
        lambda: subject.tracker.create(draft(), NOON),
        lambda: subject.tracker.update(made, body("new"), LATER),
        subject.tracker.check,
    ):
        with pytest.raises(TransientError) as caught:
            attempt()
        assert "\n" not in str(caught.value)


def test_tickets_filed_at_once_get_ids_of_their_own(subject: Subject) -> None:
    drafts = [draft(TicketKey(number, KEY.cause)) for number in range(1, 41)]
    adapters = [subject.another() for _ in drafts]
    first = subject.tracker.create(draft(TicketKey(50, KEY.cause)), NOON)  # and its labels
    with ThreadPoolExecutor(8) as pool:
        made = list(
            pool.map(lambda pair: pair[0].create(pair[1], NOON), zip(adapters, drafts, strict=True))
        )
    assert len({ticket.id for ticket in made}) == len(drafts)
    listed = {ticket.key for ticket in subject.tracker.tickets().tickets}
    assert listed == {first.key, *(one.key for one in drafts)}


def test_a_check_says_one_line(subject: Subject) -> None:
    subject.tracker.create(draft(), NOON)
    assert "\n" not in subject.tracker.check()
