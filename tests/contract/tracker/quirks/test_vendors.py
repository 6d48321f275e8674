"""What one vendor does and the others do not."""

from __future__ import annotations

from contextlib import ExitStack
from datetime import timedelta

import pytest

from tests.contract.tracker.subjects import boards
from tests.contract.tracker.subjects.boards import BoardSubject
from tests.contract.tracker.subjects.gitea import HASTY, GiteaSubject
from tests.contract.tracker.test_contract import KEY, NOON, TEXT, body, draft, known, names, only
from tests.servers.gitea import Gitea
from tests.servers.issues import BOT, TOKEN, GitHub, Jira
from watcher.adapters.trackers.gitea import gitea_tracker
from watcher.adapters.trackers.github.place import api_of
from watcher.adapters.trackers.jira import Workflow, jira_tracker
from watcher.domain.errors import (
    PermanentError,
    RateLimitedError,
    TransientError,
    UnauthorizedError,
)
from watcher.domain.ticket import Cause, TicketKey, marked, wiki_marker
from watcher.domain.ticket.state import fingerprint
from watcher.ports.tracker import Draft, Known, UncertainError

SINCE = NOON - timedelta(days=1)


@pytest.fixture
def github(stack: ExitStack) -> BoardSubject:
    return boards.github(stack)


@pytest.fixture
def gitlab(stack: ExitStack) -> BoardSubject:
    return boards.gitlab(stack)


@pytest.fixture
def jira(stack: ExitStack) -> BoardSubject:
    return boards.jira(stack)


@pytest.fixture
def cloud(stack: ExitStack) -> BoardSubject:
    return boards.jira_cloud(stack)


# GitHub


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


# GitLab


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


# Jira


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


# Gitea


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
