"""Signed cookies: what we did not sign, or no longer mean, signs nobody in."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from fastapi import Response

from watcher.domain.access import Grant, Role
from watcher.ports.sign_in import Sent
from watcher.web.access.cookies import Cookie, Seal, Sessions, UnderWay
from watcher.web.access.person import Person

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
ANN = Person("ann", Grant(Role.VIEWER, frozenset({"shop"})), "proof")


def sessions(key: str = "key", purpose: str = "session") -> Sessions:
    return Sessions(Cookie("watcher", secure=False), Seal.of(key, purpose), timedelta(hours=1))


def put(to: Sessions, person: Person = ANN) -> str:
    answer = Response()
    assert to.put(answer, person, NOW)
    return answer.headers["set-cookie"].partition(";")[0]


def test_a_session_comes_back_as_it_was_until_it_is_over() -> None:
    header = put(sessions())
    assert sessions().person(header, NOW) == ANN
    assert sessions().person(header, NOW + timedelta(minutes=59)) == ANN
    assert sessions().person(header, NOW + timedelta(hours=1)) is None


def test_another_key_or_purpose_signs_nobody_in() -> None:
    header = put(sessions())
    assert sessions(key="other").person(header, NOW) is None
    assert sessions(purpose="sign-in").person(header, NOW) is None


def test_a_sign_in_under_way_is_no_session() -> None:
    seal = Seal.of("key", "sign-in")
    answer = Response()
    UnderWay(Cookie("watcher", secure=False), seal).put(answer, Sent("s", "n", "v"), "/", NOW)
    assert sessions().person(answer.headers["set-cookie"].partition(";")[0], NOW) is None


def test_a_role_that_is_changed_by_hand_is_worth_nothing() -> None:
    name, _, value = put(sessions()).partition("=")
    body, _, signature = value.rpartition(".")
    admin = put(sessions("other"), Person("ann", Grant(Role.ADMIN), "proof"))
    forged = admin.partition("=")[2].rpartition(".")[0]
    assert sessions().person(f"{name}={forged}.{signature}", NOW) is None
    assert sessions().person(f"{name}={body}", NOW) is None


def test_what_no_browser_would_keep_is_not_put() -> None:
    teams = frozenset(f"team-{number * 7919 % 10007}-{number}" for number in range(3000))
    assert not sessions().put(Response(), Person("ann", Grant(Role.VIEWER, teams)), NOW)


def test_a_secret_of_a_sign_in_is_in_no_repr() -> None:
    assert "verifying" not in repr(Sent("s", "noncing", "verifying"))
    assert "noncing" not in repr(Sent("s", "noncing", "verifying"))
    assert "proof" not in repr(ANN)
