"""What a request asks: read strictly, or refused in a line."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from watcher.domain.errors import UsageError
from watcher.domain.policy import DEFAULT
from watcher.domain.reference import Repository
from watcher.ports.store.browsing import DueTimes, NamedTrack
from watcher.ports.store.ledger import Track
from watcher.web.asked import StreamAsked, given, image_asked, one_of, page_number
from watcher.web.filters import PAGE, Filters

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
NOTHING = dict.fromkeys(
    ("q", "state", "team", "stream", "vulnerability", "age", "due", "sort", "page")
)


def track(path: str, by: str, name: str, platform: str) -> NamedTrack:
    return NamedTrack(Track(1, platform), Repository("local", path), by, name, published=True)


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("local/shop/api:latest", "shop/api"),
        ("local/shop/api#2-slim", "shop/api"),
        ("local/a/b/c#newest@linux/arm64/v8", "a/b/c"),
        ("local/shop/api:latest@odd@platform#1", "shop/api"),
        ("local/shop/api", "shop/api"),
    ],
)
def test_a_stream_tells_its_repository(text: str, path: str) -> None:
    assert StreamAsked(text).repository == Repository("local", path)


@pytest.mark.parametrize("text", ["", "local", "/x:y", "local/:latest", "#"])
def test_what_names_no_repository_tells_none(text: str) -> None:
    assert StreamAsked(text).repository is None


def test_a_stream_without_a_platform_means_it_on_any() -> None:
    one = track("shop/api", "tag", "v", "linux/arm64")
    yes = ["local/shop/api:v", "local/shop/api", "local/shop/api:v@linux/arm64"]
    no = ["local/shop/api#v", "local/shop/ap:v", "local/shop/api:v@linux/amd64", "other/shop/api:v"]
    assert [StreamAsked(text).names(one) for text in yes + no] == [True] * 3 + [False] * 4
    assert [StreamAsked(text).on_platform(one) for text in yes] == [False, False, True]


def test_a_name_with_every_sign_means_itself() -> None:
    one = track("a:b#c@d/e", "version", "2@x", "odd#platform")
    assert StreamAsked("local/a:b#c@d/e#2@x@odd#platform").on_platform(one)


def test_an_image_is_read_by_its_repository_and_digest() -> None:
    digest = f"sha256:{'0' * 64}"
    assert image_asked(f"local/a/b@{digest}") == (Repository("local", "a/b"), digest)
    for text in (f"local@{digest}", f"local/a@{digest}0", "local/a:latest", f"@{digest}"):
        assert image_asked(text) is None


def test_an_empty_field_of_a_form_says_nothing() -> None:
    assert [given(text) for text in (None, "", "  ", " x ")] == [None, None, None, "x"]
    with pytest.raises(UsageError, match="too long"):
        given("x" * 501)


def test_a_word_that_is_none_of_those_known_is_refused_with_them() -> None:
    assert one_of("sort", None, ("due", "age")) == "due"
    assert one_of("severity", "critical", ("CRITICAL", "HIGH")) == "CRITICAL"
    with pytest.raises(UsageError, match="sort='x' is none of due, age"):
        one_of("sort", "x", ("due", "age"))


@pytest.mark.parametrize("text", ["0", "-1", "1.5", "\u0661", "x", "999999999999"])
def test_a_page_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="page"):
        page_number(text)
    assert page_number("12") == 12


def test_filters_come_back_from_their_own_address() -> None:
    asked = {**NOTHING, "q": "a b", "state": "any", "due": "week", "sort": "age", "page": "3"}
    filters = Filters.parse(asked, ["high", "critical"])
    pairs = filters.pairs()
    again = Filters.parse(
        NOTHING | {name: str(value) for name, value in pairs if name != "severity" and value},
        [str(value) for name, value in pairs if name == "severity"],
    )
    assert again == filters
    assert filters.severities == ("CRITICAL", "HIGH")
    assert (filters.narrow, Filters().narrow, Filters(sort="age", page=2).narrow) == (
        True,
        False,
        False,
    )


def test_filters_ask_the_record_for_one_page_of_what_they_leave() -> None:
    filters = Filters.parse({**NOTHING, "age": "30", "due": "overdue", "page": "3"}, [])
    wanted = filters.wanted(None, None, DEFAULT.limits, NOON)
    assert (wanted.offset, wanted.at_most) == (2 * PAGE, PAGE)
    assert wanted.since_before == NOON - timedelta(days=30)
    assert wanted.due == DueTimes(before=NOON)


@pytest.mark.parametrize(("name", "text"), [("age", "8"), ("due", "soon"), ("state", "ajar")])
def test_a_filter_that_nobody_offers_is_refused(name: str, text: str) -> None:
    with pytest.raises(UsageError, match=f"{name}=.{text}. is none of"):
        Filters.parse({**NOTHING, name: text}, [])
