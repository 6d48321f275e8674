"""A create that may have taken effect is looked for, never repeated blindly."""

from __future__ import annotations

import errno
import os
import stat
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.fakes.tracker import FakeTracker
from watcher.adapters.trackers.folder import FolderTracker
from watcher.domain.errors import TransientError
from watcher.domain.ticket import Cause, TicketKey
from watcher.ports.tracker import Draft, UncertainError

NOON = datetime(2026, 11, 3, 12, tzinfo=UTC)
DRAFT = Draft(TicketKey(1, Cause("data", "local/base/python:3.12")), "Rebuild", "Rebuild.")


def test_a_create_that_answers_with_an_error_can_have_taken_effect() -> None:
    tracker = FakeTracker()
    tracker.fail_next("create", took_effect=True)
    with pytest.raises(UncertainError):
        tracker.create(DRAFT, NOON)
    assert [ticket.key for ticket in tracker.tickets().tickets] == [DRAFT.key]


def test_a_create_refused_before_it_began_left_nothing() -> None:
    tracker = FakeTracker()
    tracker.fail_next("create")
    with pytest.raises(TransientError) as caught:
        tracker.create(DRAFT, NOON)
    assert not isinstance(caught.value, UncertainError)
    assert tracker.tickets().tickets == ()


def test_a_folder_that_cannot_be_synced_is_uncertain_and_the_ticket_is_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = os.fsync

    def fsync(descriptor: int) -> None:
        if stat.S_ISDIR(os.fstat(descriptor).st_mode):
            raise OSError(errno.EIO, os.strerror(errno.EIO))
        real(descriptor)

    tracker = FolderTracker("tickets", tmp_path)
    monkeypatch.setattr(os, "fsync", fsync)
    with pytest.raises(UncertainError, match="looks whether it is there"):
        tracker.create(DRAFT, NOON)
    assert [ticket.key for ticket in tracker.tickets().tickets] == [DRAFT.key]
