"""The record of tokens for scripts, on both databases."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import Engine, inspect, text

from tests.contract.store.fleet import day
from watcher.adapters.store.tokens import SqlTokens
from watcher.domain.access import Grant, Role
from watcher.domain.errors import UsageError
from watcher.ports.store.tokens import ApiToken

VIEWER = ApiToken("ci", Grant(Role.VIEWER, frozenset({"shop", "pay"})), day(1))
SHA, OTHER = "a" * 64, "b" * 64


def test_a_token_is_found_by_its_sha256_with_all_it_grants(engine: Engine) -> None:
    tokens = SqlTokens(engine)
    tokens.add(SHA, VIEWER)
    assert tokens.found(SHA, day(2)) == VIEWER
    assert tokens.found(OTHER, day(2)) is None


def test_one_that_sees_every_team_is_told_from_one_that_sees_none(engine: Engine) -> None:
    tokens = SqlTokens(engine)
    tokens.add(SHA, replace(VIEWER, name="all", grant=Grant(Role.VIEWER, None)))
    tokens.add(OTHER, replace(VIEWER, name="none", grant=Grant(Role.VIEWER, frozenset())))
    assert [one.grant.teams for one in tokens.listed()] == [None, frozenset()]


def test_an_expired_or_revoked_token_opens_nothing(engine: Engine) -> None:
    tokens = SqlTokens(engine)
    tokens.add(SHA, replace(VIEWER, expires_at=day(3)))
    assert tokens.found(SHA, day(2.9)) is not None
    assert tokens.found(SHA, day(3)) is None
    tokens.add(OTHER, replace(VIEWER, made_at=day(4)))
    assert tokens.revoke("ci", day(5))
    assert tokens.found(OTHER, day(5)) is None
    assert not tokens.revoke("ci", day(6))
    assert not tokens.revoke("nobody", day(6))
    assert [one.revoked_at for one in tokens.listed()] == [day(3), day(5)]


def test_a_name_is_given_once_while_its_token_holds(engine: Engine) -> None:
    tokens = SqlTokens(engine)
    tokens.add(SHA, VIEWER)
    with pytest.raises(UsageError, match="named ci already"):
        tokens.add(OTHER, VIEWER)
    tokens.revoke("ci", day(2))
    tokens.add(OTHER, VIEWER)
    assert len(tokens.listed()) == 2


def test_its_use_is_noted_to_the_hour(engine: Engine) -> None:
    tokens = SqlTokens(engine)
    tokens.add(SHA, VIEWER)
    tokens.found(SHA, day(2))
    tokens.found(SHA, day(2) + timedelta(minutes=59))
    assert [one.used_at for one in tokens.listed()] == [day(2)]
    tokens.found(SHA, day(2) + timedelta(hours=1))
    assert [one.used_at for one in tokens.listed()] == [day(2) + timedelta(hours=1)]


def test_a_token_itself_has_no_place_in_the_database(engine: Engine) -> None:
    named = {column["name"] for column in inspect(engine).get_columns("api_tokens")}
    assert named == {"id", "sha256", *VIEWER.__slots__} - {"grant"} | {"role", "teams"}
    SqlTokens(engine).add(SHA, VIEWER)
    with engine.connect() as connection:
        row = connection.execute(text("SELECT * FROM api_tokens")).one()
    assert SHA in tuple(row)
