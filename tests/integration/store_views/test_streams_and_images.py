"""What is watched, as the record tells it now and as it told it then."""

from __future__ import annotations

import pytest
from sqlalchemy import event

from tests.fakes.scanner import Known, fake_package
from tests.integration.store_views.conftest import STALE_AFTER, Fleet, day
from watcher.domain.errors import TransientError
from watcher.domain.reference import Repository

SSL, ZLIB = fake_package("openssl"), fake_package("zlib")
AFFECTED = Known("openssl", "CVE-2026-1")


def test_a_stream_is_shown_with_what_it_points_to_since_when_and_what_is_open(
    fleet: Fleet,
) -> None:
    digest = fleet.push("shop/api", "latest", [SSL, ZLIB])
    fleet.learn(day(0), [AFFECTED])
    fleet.sync(day(1))
    (head,) = fleet.views.streams(fleet.upto(day(1)))
    assert (head.stream, head.by, head.name) == ("local/shop/api:latest", "tag", "latest")
    assert (head.track.platform, head.image, head.target) == ("linux/amd64", digest, digest)
    assert (head.since, head.backfilled) == (day(0), True)
    assert (head.packages, head.open_exposures, head.tags) == (2, 1, ("latest",))


def test_a_line_shows_every_tag_that_points_to_its_head_now(fleet: Fleet) -> None:
    fleet.learn(day(0), [AFFECTED])
    for tag in ("2.0.1", "2.0", "2"):
        fleet.push("shop/api", tag, [SSL])
    fleet.sync(day(1))
    for tag in ("2.0.2", "2.0", "2"):
        fleet.push("shop/api", tag, [ZLIB])
    fleet.sync(day(2))
    (then, now) = (fleet.streams(at)["local/shop/api#2"] for at in (day(1.5), day(2)))
    assert (then.tags, now.tags) == (("2", "2.0", "2.0.1"), ("2", "2.0", "2.0.2"))


def test_what_was_known_then_is_shown_as_it_was_known_then(fleet: Fleet) -> None:
    first = fleet.push("shop/api", "latest", [SSL])
    fleet.learn(day(0), [AFFECTED])
    fleet.sync(day(1))
    second = fleet.push("shop/api", "latest", [ZLIB])
    fleet.sync(day(2))
    then, now = fleet.streams(day(1.5)), fleet.streams(day(2))
    assert (then["local/shop/api:latest"].image, then["local/shop/api:latest"].open_exposures) == (
        first,
        1,
    )
    assert (now["local/shop/api:latest"].image, now["local/shop/api:latest"].open_exposures) == (
        second,
        0,
    )
    assert fleet.streams(day(0.5)) == {}


def test_a_retired_stream_is_listed_no_more_and_its_track_has_nothing_left_to_cover(
    fleet: Fleet,
) -> None:
    fleet.push("shop/api", "latest", [SSL])
    fleet.push("shop/api", "main", [SSL])
    fleet.learn(day(0), [AFFECTED])
    fleet.sync(day(1))
    track = fleet.streams(day(1))["local/shop/api:main"].track
    fleet.registry.delete("shop/api", "main")
    fleet.sync(day(2))
    assert list(fleet.streams(day(2))) == ["local/shop/api:latest"]
    assert fleet.views.coverage(fleet.upto(day(9)), day(9), STALE_AFTER)[track].covered


def test_an_excluded_repository_is_listed_no_more_and_not_covered(fleet: Fleet) -> None:
    fleet.push("shop/api", "latest", [SSL])
    fleet.learn(day(0), [])
    fleet.sync(day(1))
    track = fleet.streams(day(1))["local/shop/api:latest"].track
    fleet.include = ("other/**",)
    fleet.sync(day(2))
    judged = fleet.views.coverage(fleet.upto(day(2)), day(2), STALE_AFTER)[track]
    assert fleet.streams(day(2)) == {}
    assert (judged.covered, judged.reason) == (
        False,
        "out of scope: the configuration excludes it",
    )


def test_an_image_is_listed_once_for_a_repository_with_all_its_streams(fleet: Fleet) -> None:
    digest = fleet.push("shop/api", "latest", [SSL, ZLIB])
    fleet.push("shop/api", "main", [SSL, ZLIB])
    fleet.push("shop/web", "latest", [SSL, ZLIB])
    fleet.learn(day(0), [])
    fleet.sync(day(1))
    images = fleet.views.images(fleet.upto(day(1)))
    assert [(one.repository, one.digest, one.streams) for one in images] == [
        (
            Repository("local", "shop/api"),
            digest,
            ("local/shop/api:latest", "local/shop/api:main"),
        ),
        (Repository("local", "shop/web"), digest, ("local/shop/web:latest",)),
    ]
    assert {(one.platform, one.os, one.packages) for one in images} == {
        ("linux/amd64", "debian 12.5", 2)
    }


def test_a_repository_that_could_never_be_listed_is_named_with_the_error(fleet: Fleet) -> None:
    fleet.push("shop/api", "latest", [SSL])
    fleet.push("shop/web", "latest", [SSL])
    fleet.learn(day(0), [])
    fleet.registry.fail(TransientError("it is busy"), "shop/web")
    fleet.sync(day(1))
    unlisted = fleet.views.unlisted(fleet.upto(day(1)))
    assert [(one.name, one.reason) for one in unlisted] == [
        ("local/shop/web", "never listed: it is busy")
    ]
    fleet.registry.heal()
    fleet.sync(day(2))
    assert fleet.views.unlisted(fleet.upto(day(2))) == []


def test_a_registry_that_never_answered_is_named(fleet: Fleet) -> None:
    fleet.learn(day(0), [])
    fleet.registry.fail(TransientError("nobody answers"))
    fleet.sync(day(1))
    unlisted = fleet.views.unlisted(fleet.upto(day(1)))
    assert [(one.name, one.reason) for one in unlisted] == [
        ("local", "never listed: nobody answers")
    ]


def test_a_pass_that_was_given_up_is_not_read(fleet: Fleet) -> None:
    fleet.push("shop/api", "latest", [SSL])
    fleet.learn(day(0), [])
    fleet.sync(day(1))
    fleet.push("shop/api", "main", [SSL])

    def interrupt(*arguments: object) -> None:
        if str(arguments[2]).startswith("INSERT INTO bindings"):
            raise KeyboardInterrupt

    event.listen(fleet.engine, "before_cursor_execute", interrupt)
    with pytest.raises(KeyboardInterrupt):
        fleet.sync(day(2))
    last = fleet.views.finished(None)
    assert last is not None
    assert last.at == day(1)
    assert list(fleet.streams(day(3))) == ["local/shop/api:latest"]
