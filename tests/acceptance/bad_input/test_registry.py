"""A registry that is away or refuses us: named in one line, it ends nothing, and is made good."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass

import pytest

from tests.acceptance.bad_input.fleet import Document, Fleet
from tests.acceptance.bad_input.looks import assert_clear, assert_nothing_ended, assert_uncertain
from tests.acceptance.bad_input.story import SECOND
from tests.servers.hostile import Reply, hostile, routed
from watcher.demo.workshop import READER, TokenServer, basic_auth
from watcher.demo.workshop.blobs import Json

pytestmark = pytest.mark.servers

SECRET = "hunter2-is-wrong"  # noqa: S105 - refused by every registry
LOGIN: dict[str, Json] = {"username": READER.username, "password": SECRET}

Trouble = Callable[[Fleet], AbstractContextManager[None]]


@contextmanager
def away(fleet: Fleet) -> Iterator[None]:
    fleet.registry.stop()
    yield
    fleet.registry.start()


@contextmanager
def guarded(fleet: Fleet, auth: dict[str, Json], login: dict[str, Json]) -> Iterator[None]:
    """The registry asks who is there, and takes nothing for an answer."""
    with away(fleet):
        fleet.registry.auth, fleet.watched = auth, login
        fleet.registry.start()
        yield
        fleet.registry.stop()
        fleet.registry.auth, fleet.watched = None, {}


def anonymous(fleet: Fleet) -> AbstractContextManager[None]:
    return guarded(fleet, basic_auth(fleet.folder, READER), {})


def wrong_password(fleet: Fleet) -> AbstractContextManager[None]:
    return guarded(fleet, basic_auth(fleet.folder, READER), LOGIN)


@contextmanager
def no_token(fleet: Fleet) -> Iterator[None]:
    with TokenServer(fleet.folder, READER) as tokens, guarded(fleet, tokens.auth(), LOGIN):
        yield


@contextmanager
def another_page(fleet: Fleet) -> Iterator[None]:
    """A proxy knows no such place: a 404, but not a registry's."""
    with hostile(lambda _: Reply(404, body=b"<html>no such site</html>")) as proxy:
        fleet.watched = {"url": proxy.url, "include": ["shop/api", "shop/web"]}
        yield
        fleet.watched = {}


@contextmanager
def wrong_catalogue(fleet: Fleet) -> Iterator[None]:
    """Whoever answers speaks JSON, but not a registry's."""
    with hostile(lambda _: Reply(200, body=b'{"ok": true}')) as proxy:
        fleet.watched = {"url": proxy.url}
        yield
        fleet.watched = {}


@dataclass(frozen=True, slots=True)
class Expected:
    """What is named as failed, what the lines say of it, and whether it is tried again."""

    reason: str
    retry: bool = False
    subjects: tuple[str, ...] = ("local",)


BOTH = ("local/shop/api", "local/shop/web")
TROUBLES: dict[Trouble, Expected] = {
    away: Expected("connection refused", retry=True),
    anonymous: Expected("401"),
    wrong_password: Expected("401"),
    no_token: Expected("401"),
    another_page: Expected("404", retry=True, subjects=BOTH),
    wrong_catalogue: Expected("repositories"),
}


def test_a_registry_in_trouble_ends_nothing_and_is_made_good(
    fleet: Fleet, undisturbed: Document
) -> None:
    before = fleet.exposures(0)
    fleet.publish(SECOND)
    for number, (trouble, expected) in enumerate(TROUBLES.items()):
        with trouble(fleet):
            told = fleet.sync(1 + number / 24)
        assert told.code == 1
        assert told.failures == [("inventory", one, expected.retry) for one in expected.subjects]
        for line, subject in zip(told.lines, expected.subjects, strict=True):
            assert_clear(line, f"failed: inventory: {subject}: ", expected.reason)
        assert fleet.uncovered(1) == {}
        stale = fleet.uncovered(1.5)
        assert stale.keys() == {"shop/api:latest", "shop/web:latest"}
        assert all(expected.reason in why for why in stale.values())
    assert_nothing_ended(before, fleet.exposures(1.5), undisturbed)
    assert fleet.sync(2).lines == ()
    assert fleet.uncovered(2) == {}
    assert fleet.exposures(2) == undisturbed


def test_what_moved_while_nobody_could_look_is_uncertain_by_no_more_than_that(
    fleet: Fleet, undisturbed_rebuilt: Document
) -> None:
    fleet.publish(SECOND)
    fleet.rebuild_api()
    with wrong_password(fleet):
        assert fleet.sync(1).code == 1
    assert fleet.sync(2).code == 0
    assert_uncertain(fleet.exposures(2), undisturbed_rebuilt)


def test_one_registry_that_is_gone_keeps_nothing_else_from_being_watched(
    fleet: Fleet, undisturbed_rebuilt: Document
) -> None:
    fleet.publish(SECOND)
    fleet.rebuild_api()
    with hostile(routed({})) as gone:
        fleet.others = [{"name": "gone", "kind": "oci", "url": gone.url, "include": ["**"]}]
        told = fleet.sync(1)
    assert told.failures == [("inventory", "gone", False)]
    fleet.others = []
    assert fleet.sync(2).code == 0
    assert fleet.exposures(2) == undisturbed_rebuilt


def test_a_password_is_never_told(fleet: Fleet) -> None:
    with wrong_password(fleet):
        told = fleet.sync(1)
        doctor = fleet.asked("doctor")
    assert told.code == doctor.code == 1
    said = json.dumps([told.document, doctor.document, *told.lines, *doctor.lines])
    assert "401" in said
    assert SECRET not in said
    kept = [file for file in fleet.folder.rglob("*") if file.is_file()]
    assert [file.name for file in kept if SECRET.encode() in file.read_bytes()] == ["watcher.yaml"]
