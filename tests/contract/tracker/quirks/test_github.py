"""What GitHub does and the others do not."""

from __future__ import annotations

from contextlib import ExitStack
from datetime import timedelta

import pytest

from tests.contract.tracker.subjects import boards
from tests.contract.tracker.subjects.boards import BoardSubject
from tests.contract.tracker.test_contract import KEY, NOON, TEXT, body, draft, known, names
from tests.servers.issues import GitHub
from watcher.adapters.trackers.github.place import api_of
from watcher.domain.errors import (
    PermanentError,
    RateLimitedError,
)
from watcher.ports.tracker import Draft, UncertainError

SINCE = NOON - timedelta(days=1)


@pytest.fixture
def github(stack: ExitStack) -> BoardSubject:
    return boards.github(stack)


@pytest.mark.parametrize(
    ("url", "api"),
    [
        ("https://github.com", "https://api.github.com"),
        ("https://acme.ghe.com", "https://api.acme.ghe.com"),
        ("https://ghe.acme.example", "https://ghe.acme.example/api/v3"),
    ],
)
def test_the_api_of_a_github_is_found_by_its_address(url: str, api: str) -> None:
    assert api_of(url) == api


def test_a_secondary_limit_is_a_403_and_no_missing_right(github: BoardSubject) -> None:
    github.served.faults.next("secondary", "POST")
    with pytest.raises(RateLimitedError) as caught:
        github.tracker.create(draft(), NOON)
    assert caught.value.retry_after == 60
    assert github.board.issues == {}


def test_pulls_are_no_tickets_whatever_they_say(github: BoardSubject) -> None:
    github.board.file("t", body(TEXT), ("watcher",)).pull = True
    assert github.tracker.tickets().tickets == ()


def test_labels_that_are_dropped_hide_no_ticket_and_are_said(github: BoardSubject) -> None:
    github.board.may_label = False
    made = github.tracker.create(draft(), NOON)
    assert made.labels == ()
    assert github.another().tickets().tickets == ()
    assert github.another().tickets(known(made)).tickets == (made,)
    assert [one.key for one in github.another().tickets({}, SINCE).tickets] == [KEY]
    with pytest.raises(PermanentError, match="labels of an account without push access"):
        github.tracker.check()


def test_an_outsider_cannot_file_a_ticket_by_writing_our_line(github: BoardSubject) -> None:
    github.board.file("t", body(TEXT), author="mallory")
    assert github.tracker.tickets({}, SINCE).tickets == ()
    assert github.tracker.tickets().tickets == ()


def test_an_issue_transferred_out_of_sight_is_not_taken_for_deleted(github: BoardSubject) -> None:
    made = github.tracker.create(draft(), NOON)
    github.board.issues[1].moved = f"{github.served.url}/api/v3/repositories/1/issues/1"
    listing = github.another().tickets(known(made))
    assert listing.tickets == ()
    (named,) = listing.unreadable
    assert (named.id, named.key) == (made.id, KEY)
    assert "where the token sees nothing" in named.reason


def test_the_token_of_an_app_is_no_user_and_files_all_the_same(github: BoardSubject) -> None:
    assert isinstance(github.shape, GitHub)
    github.shape.app = True
    made = github.tracker.create(draft(), NOON)
    github.board.change(1, labels=())
    assert names(github.another().tickets(known(made))) == {KEY}
    assert "as an installed app" in github.tracker.check()


def test_an_archived_repository_is_said_and_nothing_is_uncertain(github: BoardSubject) -> None:
    github.board.archived = True
    with pytest.raises(PermanentError, match="archived") as caught:
        github.tracker.create(draft(), NOON)
    assert not isinstance(caught.value, UncertainError)
    with pytest.raises(PermanentError, match="it is archived"):
        github.tracker.check()


def test_people_are_assigned_and_a_type_is_given(github: BoardSubject) -> None:
    github.tracker.create(
        Draft(KEY, "t", body(TEXT), ("watcher",), assignees=("ada",), kind="Bug"), NOON
    )
    (posted,) = (one for one in github.served.host.seen if one.method == "POST")
    assert b'"assignees": ["ada"]' in posted.body
    assert b'"type": "Bug"' in posted.body
