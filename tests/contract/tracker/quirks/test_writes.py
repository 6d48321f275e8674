"""Writes whose answer is lost, limits, and rights: nothing is sent twice, nothing is believed."""

from __future__ import annotations

from contextlib import ExitStack

import pytest

from tests.contract.tracker.conftest import MAKERS
from tests.contract.tracker.subjects.boards import BoardSubject
from tests.contract.tracker.test_contract import KEY, NOON, TEXT, body, draft, known, only
from tests.servers.issues import BOT, Kind
from watcher.domain.errors import PermanentError, RateLimitedError, TransientError
from watcher.domain.ticket import Cause, TicketKey, marked
from watcher.ports.tracker import UncertainError


@pytest.fixture(params=sorted(MAKERS))
def there(request: pytest.FixtureRequest, stack: ExitStack) -> BoardSubject:
    name: str = request.param
    return MAKERS[name](stack)


def writes(there: BoardSubject) -> list[str]:
    return [one for one in there.served.asked if not one.startswith("GET ")]


@pytest.mark.parametrize("kind", ["lost", "cut", "refused", "reset"])
def test_a_create_without_an_answer_is_uncertain_and_sent_once(
    there: BoardSubject, kind: Kind
) -> None:
    there.served.faults.next(kind, "POST")
    with pytest.raises(UncertainError):
        there.tracker.create(draft(), NOON)
    assert len(writes(there)) == 1
    effective = kind in {"lost", "cut"}
    assert len(there.another().tickets().tickets) == effective


def test_a_limit_is_no_doubt_and_the_tracker_is_left_alone(there: BoardSubject) -> None:
    there.served.faults.next("limited", "POST")
    with pytest.raises(RateLimitedError) as caught:
        there.tracker.create(draft(), NOON)
    assert caught.value.retry_after == 60
    assert not isinstance(caught.value, UncertainError)
    asked = len(there.served.asked)
    with pytest.raises(RateLimitedError):
        there.tracker.create(draft(), NOON)
    assert len(there.served.asked) == asked


@pytest.mark.parametrize("kind", ["lost", "cut"])
def test_an_update_without_an_answer_took_effect_and_is_not_sent_again(
    there: BoardSubject, kind: Kind
) -> None:
    made = there.tracker.create(draft(), NOON)
    there.served.forget()
    there.served.faults.next(kind)
    with pytest.raises(TransientError):
        there.tracker.update(made, body("new"), NOON)
    assert len(writes(there)) == 1
    assert only(there).body == body("new")


def test_reads_are_tried_again_and_an_error_page_is_no_empty_list(there: BoardSubject) -> None:
    there.tracker.create(draft(), NOON)
    there.served.faults.next("refused", "GET")
    with pytest.raises(TransientError):
        there.tracker.tickets()
    assert len(there.tracker.tickets().tickets) == 1


def test_a_template_that_takes_the_text_away_is_written_over(there: BoardSubject) -> None:
    there.board.template = "### Describe the bug"
    made = there.tracker.create(draft(), NOON)
    assert marked(made.body) is not None
    held = there.board.issues[there.number(made)]
    assert "### Describe the bug" in held.body  # people's, and kept below
    assert only(there).key == KEY


def test_what_a_template_took_is_an_orphan_where_nobody_wrote_it_back(there: BoardSubject) -> None:
    there.board.template = "### Describe the bug"
    there.served.faults.next("refused", "PATCH", "PUT")
    with pytest.raises(UncertainError):
        there.tracker.create(draft(), NOON)
    listing = there.another().tickets({}, NOON)
    assert listing.tickets == ()
    (orphan,) = listing.orphans
    assert orphan.endswith("1")
    assert there.another().tickets().orphans == ()


def test_a_lost_token_says_so_and_nothing_is_taken_for_deleted(there: BoardSubject) -> None:
    made = there.tracker.create(draft(), NOON)
    there.board.private = False
    there.board.change(there.number(made), labels=())

    stranger = there.build(there.url)
    wire = stranger._place._wire  # type: ignore[attr-defined] # what was lost is deep inside
    wire._headers = {
        name: value for name, value in wire._headers.items() if name != "Authorization"
    }
    with pytest.raises(PermanentError):
        stranger.tickets(known(made))


def test_a_long_title_is_cut_to_what_trackers_take(there: BoardSubject) -> None:
    long = draft()
    made = there.tracker.create(type(long)(KEY, "é" * 400, body(TEXT)), NOON)
    assert len(made.title) == 255
    assert made.title.endswith("…")


def test_a_text_too_long_for_the_tracker_is_refused_in_one_line(there: BoardSubject) -> None:
    made = there.tracker.create(draft(), NOON)
    with pytest.raises(PermanentError, match="too long") as caught:
        there.tracker.update(made, body("x" * 1_100_000), NOON)
    assert "\n" not in str(caught.value)
    assert only(there).body == body(TEXT)


def test_pages_of_many_tickets_are_all_listed_one_request_each(there: BoardSubject) -> None:
    for number in range(1, 231):
        key = TicketKey(number, Cause("data", "x"))
        there.board.file("t", body(TEXT, key), ("watcher",), BOT)
    there.served.forget()
    assert len(there.tracker.tickets().tickets) == 230
    size = 50 if there.tracker.settling.total_seconds() > 600 else 100  # Cloud gives fewer
    assert len(there.served.asked) == -(-230 // size)


def test_an_unchanged_tracker_is_asked_once(there: BoardSubject) -> None:
    made = there.tracker.create(draft(), NOON)
    there.served.forget()
    assert there.another().tickets(known(made)).tickets == (made,)
    assert len(there.served.asked) == 1


def test_a_renamed_project_is_found_under_its_new_name_and_filed_in(there: BoardSubject) -> None:
    made = there.tracker.create(draft(), NOON)
    there.board.rename("STORE" if there.board.name == "SHOP" else "acme/store")
    tracker = there.another()
    (shown,) = tracker.tickets(known(made)).tickets
    assert shown.key == KEY
    assert tracker.update(shown, body("new"), NOON).body == body("new")
    other = tracker.create(draft(TicketKey(2, KEY.cause)), NOON)
    assert {one.key.generation for one in there.another().tickets().tickets} == {1, 2}
    assert other.key.generation == 2


def test_a_locked_issue_takes_no_remark_and_the_text_is_written(there: BoardSubject) -> None:
    made = there.tracker.create(draft(), NOON)
    there.board.issues[there.number(made)].locked = True
    updated = there.tracker.update(made, body("new"), NOON)
    assert updated.body == body("new")


def test_a_create_refused_for_good_leaves_no_doubt(there: BoardSubject) -> None:
    with pytest.raises(PermanentError) as caught:
        there.tracker.create(type(draft())(KEY, "t", body("x" * 1_100_000)), NOON)
    assert not isinstance(caught.value, UncertainError)
    assert there.another().tickets().tickets == ()


def test_a_label_that_people_put_there_meanwhile_stays(there: BoardSubject) -> None:
    made = there.tracker.create(draft(), NOON)
    there.served.forget()
    there.tracker.update(made, body("new"), NOON, labels=("watcher", "severity/high"))
    for one in there.served.host.seen:
        if one.method != "GET":
            assert b'"labels": ["watcher"' not in one.body  # added and taken, never set as a whole
    assert set(only(there).labels) == {"watcher", "severity/high"}
