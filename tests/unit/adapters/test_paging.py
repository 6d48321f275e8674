"""Pages: where the next one is, and when there is none."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watcher.adapters.distribution.paging import Names, Walk, next_page
from watcher.domain.errors import PermanentError

LIST = "https://r.example/v2/a/tags/list"
FIRST = f"{LIST}?n=2"


@pytest.mark.parametrize(
    ("link", "page"),
    [
        ("", None),
        ('</v2/a/tags/list?last=b>; rel="next"', f"{LIST}?last=b"),
        ("</v2/a/tags/list?last=b>;rel=next", f"{LIST}?last=b"),
        ("<?last=b&n=2>; REL=NEXT", f"{LIST}?last=b&n=2"),
        (f'<{LIST}?last=b%2Fc>; title=x; rel="next"', f"{LIST}?last=b%2Fc"),
        ('</v2/a/tags/list?x>; rel="prev" , <?y>; rel="next"', f"{LIST}?y"),
        ('</elsewhere>; rel="prev"', None),
        ("</v2/a/tags/list?last=b>", None),
        ("nonsense", None),
        ("<" * 1000, None),
        ('<?y>; rel="nextish"', None),
    ],
)
def test_where_the_next_page_is(link: str, page: str | None) -> None:
    assert next_page(FIRST, link) == page


@pytest.mark.parametrize(
    "link",
    [
        "<https://evil.example/v2/a/tags/list>; rel=next",
        "<http://r.example/v2/a/tags/list>; rel=next",
        "<https://r.example:444/v2/a/tags/list>; rel=next",
        "</v2/b/tags/list>; rel=next",
        "<../../b/tags/list>; rel=next",
        "<https://u@r.example/v2/a/tags/list>; rel=next",
        "x" * 9000,
    ],
)
def test_where_it_may_not_be(link: str) -> None:
    with pytest.raises(PermanentError):
        next_page(FIRST, link)


@given(st.text(max_size=200))
def test_any_header_is_a_page_here_or_refused(link: str) -> None:
    try:
        page = next_page(FIRST, link)
    except PermanentError:
        return
    assert page is None or page.startswith(LIST)


@pytest.mark.parametrize("bad", ["<a>" + "; " * 4000, "<a>;" + " " * 8000, "<>" * 4000])
@pytest.mark.timeout(120)
def test_no_header_takes_long_to_read(bad: str) -> None:
    # Where each character is tried with each other one, a hundredth of this takes minutes.
    for _ in range(1000):
        next_page(FIRST, bad)


def test_names_are_listed_once_in_their_order() -> None:
    walk = Walk(LIST, 2)
    page = walk.start()
    assert page == FIRST
    page = walk.step(page, ("b", "a"), "<?last=a>; rel=next") or ""
    assert walk.step(page, ("a", "c", "c"), "") is None
    assert walk.found.names == ("b", "a", "c")
    assert walk.pages == 2


def test_a_full_page_without_a_link_is_asked_about_again() -> None:
    walk = Walk(LIST, 2)
    assert walk.step(walk.start(), ("a", "b"), "") == f"{FIRST}&last=b"
    assert walk.step(f"{FIRST}&last=b", ("a", "b"), "") is None


def test_a_page_longer_than_asked_for_is_the_whole_list() -> None:
    walk = Walk(LIST, 2)
    assert walk.step(walk.start(), ("a", "b", "c"), "") is None


@pytest.mark.parametrize("cut", [50, 100, 500, 1000])
def test_a_page_that_ends_where_registries_cut_is_asked_about_again(cut: int) -> None:
    walk = Walk(LIST, 1000)
    names = tuple(f"t{number:04}" for number in range(2 * cut + 1))
    second = walk.step(walk.start(), names[:cut], "")
    assert second == f"{LIST}?n=1000&last={names[cut - 1]}"
    third = walk.step(second, names[cut : 2 * cut], "")
    assert third == f"{LIST}?n=1000&last={names[2 * cut - 1]}"
    assert walk.step(third, names[2 * cut :], "") is None
    assert walk.found == Names(names, doubtful=False)


def test_a_list_that_gives_the_same_names_again_is_doubtful() -> None:
    walk = Walk(LIST, 1000)
    names = tuple(f"t{number:03}" for number in range(50))
    second = walk.step(walk.start(), names, "")
    assert second is not None
    assert walk.step(second, names, "") is None
    assert walk.found == Names(names, doubtful=True)


def test_any_other_number_of_names_costs_no_second_question() -> None:
    walk = Walk(LIST, 1000)
    assert walk.step(walk.start(), tuple(f"t{number}" for number in range(49)), "") is None
    assert not walk.found.doubtful
