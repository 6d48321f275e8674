"""What GitLab does and the others do not."""

from __future__ import annotations

from contextlib import ExitStack
from datetime import timedelta

import pytest

from tests.contract.tracker.subjects import boards
from tests.contract.tracker.subjects.boards import BoardSubject
from tests.contract.tracker.test_contract import KEY, NOON, TEXT, body, draft, only
from watcher.domain.errors import (
    PermanentError,
)
from watcher.ports.tracker import Draft

SINCE = NOON - timedelta(days=1)


@pytest.fixture
def gitlab(stack: ExitStack) -> BoardSubject:
    return boards.gitlab(stack)


def test_assignees_go_by_number_and_one_that_is_not_there_is_named(gitlab: BoardSubject) -> None:
    with pytest.raises(PermanentError, match="nobody is called 'eve' there"):
        gitlab.tracker.create(Draft(KEY, "t", body(TEXT), assignees=("eve",)), NOON)
    gitlab.tracker.create(Draft(KEY, "t", body(TEXT), assignees=("ada",)), NOON)
    (held,) = gitlab.board.issues.values()
    assert held.assignees == ["12"]


def test_the_labels_of_a_guest_are_said_to_be_dropped(gitlab: BoardSubject) -> None:
    gitlab.board.may_label = False
    with pytest.raises(PermanentError, match="give the account the role Reporter"):
        gitlab.tracker.check()


def test_a_locked_discussion_takes_no_remark(gitlab: BoardSubject) -> None:
    made = gitlab.tracker.create(draft(), NOON)
    gitlab.board.issues[1].locked = True
    with pytest.raises(PermanentError):
        gitlab.tracker.comment(made, "news", NOON)
    assert only(gitlab).state == "open"
