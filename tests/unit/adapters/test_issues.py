"""Parts of what trackers over HTTP share: texts, refusals, pages and budgets."""

from __future__ import annotations

import json

import pytest

from tests.fakes.issues import FakePlace
from tests.servers.issues.board import Board
from tests.unit.domain.days import day
from watcher.adapters.http import Answer
from watcher.adapters.issues import IssueTracker, said
from watcher.adapters.issues.issue import Change, Issue
from watcher.adapters.issues.limits import Spent
from watcher.adapters.issues.pages import counted_pages, led_pages
from watcher.adapters.issues.refusal import refusal
from watcher.adapters.issues.text import IssueText, one_line
from watcher.domain.errors import (
    NotFoundError,
    PermanentError,
    RateLimitedError,
    TransientError,
    UnauthorizedError,
)
from watcher.domain.ticket import Cause, TicketKey, marker, wiki_marker
from watcher.ports.tracker import MARKDOWN, Draft, Medium, UncertainError

KEY = TicketKey(1, Cause("shop", "local/base/x:1"))
WIKI = Medium("wiki", 100)


def answer(status: int = 200, body: object = None, **headers: str) -> Answer:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Answer("GET", "https://t.example/x", status, named, json.dumps(body).encode())


def test_what_stands_behind_the_marker_is_peoples_and_stays() -> None:
    text = IssueText.of(f"ours\r\n\r\n{marker(KEY)}\r\n\r\nmy note\r\n")
    assert (text.key, text.notes) == (KEY, "my note")
    assert text.rewritten("new", KEY, MARKDOWN) == f"new\n\n{marker(KEY)}\n\nmy note\n"


def test_a_text_without_its_marker_is_kept_below_the_new_one() -> None:
    text = IssueText.of("all mine")
    written = text.rewritten("new", KEY, WIKI)
    assert written.startswith(f"new\n\n{wiki_marker(KEY)}\n\nThe line that ends watcher's text")
    assert written.endswith("\n\nall mine\n")


@pytest.mark.parametrize(
    ("title", "shown"),
    [("a\nb", "a b"), (" x ", "x"), ("é" * 9, "éééé…"), ("\ud800", "\\ud8…")],
)
def test_a_title_is_one_line_and_cut_visibly(title: str, shown: str) -> None:
    assert one_line(title, 5) == shown


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({"message": "Not Found"}, "Not Found"),
        ({"message": {"title": ["is too long"]}}, "is too long"),
        ({"errorMessages": ["a", "b"], "errors": {"x": "c"}}, "c a b"),
        ({"message": "two\nlines"}, "two lines"),
        ({"message": "\x1b[31mred"}, ""),
        ([], ""),
        (None, ""),
        ({"message": "x" * 999}, "x" * 300),
    ],
)
def test_a_refusal_is_told_in_its_own_words_on_one_line(body: object, words: str) -> None:
    assert sorted(said(answer(400, body)).split()) == sorted(words.split())


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, PermanentError),
        (401, UnauthorizedError),
        (403, UnauthorizedError),
        (404, NotFoundError),
        (409, TransientError),
        (410, NotFoundError),
        (422, PermanentError),
        (429, RateLimitedError),
        (500, TransientError),
        (503, TransientError),
    ],
)
def test_each_status_is_judged_by_what_can_be_done_about_it(
    status: int, kind: type[Exception]
) -> None:
    error = refusal("rights")(answer(status))
    assert type(error) is kind
    assert "\n" not in str(error)


def test_a_spent_budget_is_respected_until_it_is_renewed() -> None:
    now = [0.0]
    gate = Spent(lambda: now[0])
    gate.answered(answer(X_RateLimit_Remaining="1"))
    gate.enter("GET", "https://t.example/x")
    spent = {"X_RateLimit_Remaining": "0", "X_RateLimit_Reset": "30"}
    gate.answered(answer(**spent))  # type: ignore[arg-type] # headers
    with pytest.raises(RateLimitedError) as caught:
        gate.enter("POST", "https://t.example/x")
    assert caught.value.retry_after == 30
    now[0] = 30.0
    gate.enter("POST", "https://t.example/x")


def test_pages_end_with_what_is_counted_or_with_an_empty_one() -> None:
    asked: list[int] = []

    def ask(page: int) -> Answer:
        asked.append(page)
        return answer(body=[1, 2] if page < 3 else [], Total="3")

    assert len(list(counted_pages(ask, "Total"))) == 2
    assert asked == [1, 2]
    assert len(list(counted_pages(ask, "None"))) == 2
    assert asked == [1, 2, 1, 2, 3]


def test_pages_that_lead_in_a_circle_are_an_error() -> None:
    with pytest.raises(PermanentError, match="lead in a circle"):
        list(led_pages("a", lambda _: answer(body=[1]), lambda _: "a"))


def test_a_page_that_is_no_list_is_an_error_and_not_an_empty_one() -> None:
    with pytest.raises(TransientError, match="a list is not as its API describes"):
        list(counted_pages(lambda _: answer(body={"message": "maintenance"}), "Total"))


def test_labels_of_people_are_not_touched_by_a_change() -> None:
    issue = Issue(
        "1",
        "t",
        "b",
        open=True,
        labels=("a", "b"),
        url="",
        author="",
        created_at=None,
        updated_at=None,
    )
    assert Change(labels=("a", "c")).labelled(issue) == (["c"], ["b"])
    assert Change().labelled(issue) == ([], [])
    assert not Change(body="b", open=True, labels=("b", "a")).of(issue)


def test_a_tracker_too_slow_to_prepare_is_sent_nothing() -> None:
    now = iter((0.0, 61.0))
    place = FakePlace(Board())
    tracker = IssueTracker("t", place, clock=lambda: next(now))
    with pytest.raises(TransientError, match="nothing was filed") as caught:
        tracker.create(Draft(KEY, "t", "b"), day(1))
    assert not isinstance(caught.value, UncertainError)
    assert place.writes == 0
