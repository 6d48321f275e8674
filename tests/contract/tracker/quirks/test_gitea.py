"""What a real Gitea does and the others do not."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.contract.tracker.subjects.gitea import HASTY, GiteaSubject
from tests.contract.tracker.test_contract import KEY, NOON, TEXT, body, draft, known
from tests.servers.gitea import Gitea
from tests.servers.issues import BOT
from watcher.adapters.trackers.gitea import gitea_tracker
from watcher.domain.errors import (
    PermanentError,
    TransientError,
    UnauthorizedError,
)
from watcher.ports.tracker import Known

SINCE = NOON - timedelta(days=1)


def test_two_labels_of_our_name_are_said_before_anything_is_filed(gitea_server: Gitea) -> None:
    subject = GiteaSubject(gitea_server)
    for _ in range(2):
        told = {"name": "watcher", "color": "#112233"}
        gitea_server.admin.ask("POST", f"/repos/{subject.project.name}/labels", told)
    with pytest.raises(PermanentError, match="two labels are called watcher"):
        subject.tracker.create(draft(), NOON)
    with pytest.raises(PermanentError, match="two labels are called watcher"):
        subject.tracker.check()


def test_a_repository_without_our_label_lists_no_issue_of_people(gitea_server: Gitea) -> None:
    subject = GiteaSubject(gitea_server)
    subject.project.file("mine", body(TEXT))
    assert subject.tracker.tickets().tickets == ()


def test_an_edit_in_the_very_moment_is_refused_by_gitea_itself(gitea_server: Gitea) -> None:
    subject = GiteaSubject(gitea_server)
    made = subject.tracker.create(draft(), NOON)
    place = subject.tracker._place  # type: ignore[attr-defined] # the moment between two requests
    real = place.issue

    def meanwhile(id_: str) -> object:
        issue = real(id_)
        subject.project.edit(id_, body=f"ticked\n\n{made.body}")
        return issue

    place.issue = meanwhile
    with pytest.raises(TransientError, match="changed just now"):
        subject.tracker.update(made, body("new"), NOON)
    assert subject.project.issue(made.id)["body"].startswith("ticked")


def test_a_renamed_repository_is_followed(gitea_server: Gitea) -> None:
    subject = GiteaSubject(gitea_server)
    made = subject.tracker.create(draft(), NOON)
    name = subject.project.name
    subject.project.rename(f"{name.split('/')[1]}-renamed")
    tracker = gitea_tracker("tickets", subject.url, name, gitea_server.token, connecting=HASTY)
    (shown,) = tracker.tickets(known(made)).tickets
    assert tracker.update(shown, body("new"), NOON).body == body("new")


def test_a_token_that_may_not_label_is_said(gitea_server: Gitea) -> None:
    subject = GiteaSubject(gitea_server)
    gitea_server.admin.ask("PATCH", f"/repos/{subject.project.name}", {"private": False})
    reader = gitea_server.account("reader")
    tracker = gitea_tracker(
        "tickets", subject.url, subject.project.name, reader.token or "", connecting=HASTY
    )
    with pytest.raises(PermanentError, match="let it write to the repository"):
        tracker.check()


def test_a_token_with_the_rights_that_are_documented_suffices(gitea_server: Gitea) -> None:
    subject = GiteaSubject(gitea_server)
    writer = gitea_server.account("writer", ("write:issue", "read:repository", "read:user"))
    collaborators = f"/repos/{subject.project.name}/collaborators/writer"
    gitea_server.admin.ask("PUT", collaborators, {"permission": "write"})
    tracker = gitea_tracker(
        "tickets", subject.url, subject.project.name, writer.token or "", connecting=HASTY
    )
    made = tracker.create(draft(), NOON)
    closed = tracker.close(tracker.comment(made, "news", NOON), body("done"), NOON)
    assert "as writer; tickets: 1" in tracker.check()
    assert tracker.tickets(known(closed)).tickets == (closed,)


def test_a_token_of_nobody_says_so_where_a_ticket_is_missing(gitea_server: Gitea) -> None:
    subject = GiteaSubject(gitea_server)
    made = subject.tracker.create(draft(), NOON)
    gitea_server.admin.ask("PATCH", f"/repos/{subject.project.name}", {"private": False})
    subject.project.label(made.id, ())
    stranger = subject.another()
    wire = stranger._place._wire  # type: ignore[attr-defined] # what was lost is deep inside
    wire._headers = {}
    assert stranger.tickets().tickets == ()  # anybody may read that
    with pytest.raises(UnauthorizedError):
        stranger.tickets(known(made))


def test_who_we_are_is_said(gitea_server: Gitea) -> None:
    subject = GiteaSubject(gitea_server)
    assert "as watcher-bot; tickets: 0" in subject.tracker.check()
    assert BOT == "watcher-bot"
    assert Known(KEY).closed is False
