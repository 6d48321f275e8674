"""What Jira does and the others do not, Cloud and Data Center."""

from __future__ import annotations

from contextlib import ExitStack
from datetime import timedelta

import pytest

from tests.contract.tracker.subjects import boards
from tests.contract.tracker.subjects.boards import BoardSubject
from tests.contract.tracker.subjects.gitea import HASTY
from tests.contract.tracker.test_contract import KEY, NOON, TEXT, body, draft, known
from tests.servers.issues import TOKEN, Jira
from watcher.adapters.trackers.jira import Workflow, jira_tracker
from watcher.domain.errors import (
    PermanentError,
    UnauthorizedError,
)
from watcher.domain.ticket import Cause, TicketKey, marked, wiki_marker
from watcher.domain.ticket.state import fingerprint
from watcher.ports.tracker import Draft

SINCE = NOON - timedelta(days=1)


@pytest.fixture
def jira(stack: ExitStack) -> BoardSubject:
    return boards.jira(stack)


@pytest.fixture
def cloud(stack: ExitStack) -> BoardSubject:
    return boards.jira_cloud(stack)


def test_a_state_is_changed_by_the_transition_that_leads_there(jira: BoardSubject) -> None:
    made = jira.tracker.create(draft(), NOON)
    closed = jira.tracker.close(made, body("done"), NOON)
    assert (closed.state, jira.board.issues[1].open) == ("closed", False)
    assert jira.tracker.reopen(closed, body("again"), NOON).state == "open"


def test_a_workflow_without_such_a_transition_is_said_with_what_it_offers(
    jira: BoardSubject,
) -> None:
    tracker = jira_tracker(
        "tickets", jira.url, "SHOP", TOKEN, workflow=Workflow("Ship it"), connecting=HASTY
    )
    made = tracker.create(draft(), NOON)
    with pytest.raises(PermanentError, match="offered are Start, Finish, Back: name one in"):
        tracker.close(made, body("done"), NOON)


def test_a_named_transition_is_taken(jira: BoardSubject) -> None:
    workflow = Workflow("Done", "Start")
    tracker = jira_tracker("tickets", jira.url, "SHOP", TOKEN, workflow=workflow, connecting=HASTY)
    closed = tracker.close(tracker.create(draft(), NOON), body("done"), NOON)
    tracker.reopen(closed, body("again"), NOON)
    moves = [one.body for one in jira.served.host.seen if one.path.endswith("/transitions")]
    assert [one for one in moves if one] == [
        b'{"transition": {"id": "31"}}',
        b'{"transition": {"id": "11"}}',
    ]


def test_a_ticket_whose_project_got_another_key_goes_by_it(jira: BoardSubject) -> None:
    made = jira.tracker.create(draft(), NOON)
    jira.board.rename("STORE")
    (shown,) = jira.another().tickets(known(made)).tickets
    assert (made.id, shown.id) == ("SHOP-1", "STORE-1")


def test_labels_with_spaces_are_joined(jira: BoardSubject) -> None:
    made = jira.tracker.create(Draft(KEY, "t", body(TEXT), ("team shop",)), NOON)
    assert set(made.labels) == {"watcher", "team-shop"}


def test_what_cloud_writes_anew_is_no_edit_of_people(cloud: BoardSubject) -> None:
    key = TicketKey(1, Cause("data", "local/base/x_y:3"))
    text = f"a_b line  \n\n\n\nend\n\n{wiki_marker(key)}\n"
    made = cloud.tracker.create(Draft(key, "t", text), NOON)
    assert made.body != text
    found = marked(made.body)
    assert found is not None
    assert found.key == key
    written = cloud.tracker.update(made, text.replace("end", "new end"), NOON)
    (shown,) = cloud.another().tickets(known(written)).tickets
    assert fingerprint(shown.body) == fingerprint(written.body)


def test_a_search_that_lags_is_not_believed_against_what_is_known(cloud: BoardSubject) -> None:
    assert isinstance(cloud.shape, Jira)
    made = cloud.tracker.create(draft(), NOON)
    cloud.shape.refresh()
    cloud.shape.lagging = True
    closed = cloud.tracker.close(made, body("done"), NOON)
    other = cloud.tracker.create(draft(TicketKey(2, KEY.cause)), NOON)
    listing = cloud.another().tickets(known(closed, other))
    assert set(listing.tickets) == {closed, other}


def test_an_unchanged_cloud_is_asked_once_though_it_lags(cloud: BoardSubject) -> None:
    made = cloud.tracker.create(draft(), NOON)
    cloud.served.forget()
    cloud.another().tickets(known(made))
    assert cloud.served.asked == ["GET /rest/api/2/search/jql"]


def test_a_create_that_the_search_does_not_show_yet_may_settle_longer(
    cloud: BoardSubject, jira: BoardSubject
) -> None:
    assert cloud.tracker.settling > jira.tracker.settling >= timedelta(minutes=5)


def test_one_who_is_not_signed_in_is_shown_nothing_and_believes_nothing(
    cloud: BoardSubject,
) -> None:
    made = cloud.tracker.create(draft(), NOON)
    stranger = cloud.build(cloud.url)
    wire = stranger._place._wire  # type: ignore[attr-defined] # what was lost is deep inside
    wire._headers = {}
    assert stranger.tickets().tickets == ()
    with pytest.raises(UnauthorizedError):
        stranger.tickets(known(made))
