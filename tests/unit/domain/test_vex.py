"""When statements excuse an exposure, and what of a match is left."""

from __future__ import annotations

import pytest

from tests.unit.domain.days import day
from watcher.domain.exposure import Content, Excused, Held, fold
from watcher.domain.interval import Bound
from watcher.domain.knowledge import Match
from watcher.domain.reference import Platform
from watcher.domain.stream import Binding
from watcher.domain.vex import (
    STATUSES,
    Excuse,
    Place,
    Product,
    Said,
    StatedPackage,
    Status,
    concerns,
    excuses,
)

X = StatedPackage("pypi", None, "x", "1.0", {"arch": "amd64"})
PLACE = Place("local/shop/api", frozenset({"sha256:image", "sha256:index"}), "latest", X)


def said(
    status: Status, start: float, end: float | None = None, by: str = "acme", made: float = 0
) -> Said:
    over = Bound(day(end), day(end - 1)) if end is not None else None
    return Said(by, status, day(made), Bound(day(start)), over)


def spans(*told: Said) -> list[tuple[object, object]]:
    return [(one.start.at, one.end.at if one.end else None) for one in excuses(told)]


def test_nothing_stated_excuses_nothing() -> None:
    assert excuses([]) == ()


@pytest.mark.parametrize("status", STATUSES[:3])
def test_no_status_but_not_affected_ends_anything(status: Status) -> None:
    assert excuses([said(status, 1)]) == ()


def test_a_withdrawal_is_in_doubt_since_it_was_last_read() -> None:
    assert excuses([said("not_affected", 3, 9)]) == (Excuse(Bound(day(3)), Bound(day(9), day(8))),)


def test_the_newest_word_of_an_author_counts() -> None:
    old = said("not_affected", 1, made=0)
    assert spans(old, said("affected", 5, made=4)) == [(day(1), day(5))]
    assert spans(said("affected", 1, made=0), said("not_affected", 5, made=4)) == [(day(5), None)]


def test_of_two_words_of_one_moment_the_less_favourable_counts() -> None:
    assert spans(said("not_affected", 1, made=0), said("fixed", 1, made=0)) == []


def test_between_authors_the_least_favourable_word_counts() -> None:
    told = (said("not_affected", 1), said("under_investigation", 4, 7, by="vendor", made=4))
    assert spans(*told) == [(day(1), day(4)), (day(7), None)]


def test_who_says_the_same_later_changes_nothing() -> None:
    told = (said("not_affected", 1, 6), said("not_affected", 4, 9, by="vendor"))
    assert spans(*told) == [(day(1), day(9))]


@pytest.mark.parametrize(
    ("product", "about"),
    [
        (Product(), False),
        (Product("local/shop/api"), True),
        (Product("local/shop/web"), False),
        (Product(digest="sha256:image"), True),
        (Product(digest="sha256:index"), True),
        (Product(digest="sha256:other"), False),
        (Product("local/shop/api", tag="latest"), True),
        (Product("local/shop/api", tag="other"), False),
        (Product(package=StatedPackage("pypi", None, "x")), True),
        (Product(package=StatedPackage("pypi", None, "x", "2.0")), True),
        (Product(package=StatedPackage("npm", None, "x")), False),
        (Product(package=StatedPackage("pypi", None, "y")), False),
        (Product(package=StatedPackage("pypi", None, "x", None, {"arch": "amd64"})), True),
        (Product(package=StatedPackage("pypi", None, "x", None, {"arch": "arm64"})), False),
        (Product("local/shop/web", package=StatedPackage("pypi", None, "x")), False),
    ],
)
def test_a_product_is_about_a_place_in_every_respect_or_not_at_all(
    product: Product,
    about: bool,  # noqa: FBT001 - the answer
) -> None:
    assert concerns(product, PLACE) is about


def test_a_move_to_an_image_where_the_package_is_excused_is_no_remediation() -> None:
    first = Binding(Platform("linux", "amd64"), "a", "a", Bound(day(0)), Bound(day(5)), "moved")
    then = Binding(Platform("linux", "amd64"), "b", "b", Bound(day(5)), None, None)
    history = [Held(one, (Content(frozenset({1})),)) for one in (first, then)]
    excused: Excused = {("b", "b", 1): (Excuse(Bound(day(2)), None),)}
    (episode,) = fold(history, {1: [Match(Bound(day(-1)), None, None)]}, excused)
    assert episode.end == Bound(day(5))
    assert (episode.cause, episode.ended_by) == ("vex_not_affected", None)
