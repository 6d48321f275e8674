"""The record of tokens for scripts."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Engine, Row, insert, or_, select, update
from sqlalchemy.exc import IntegrityError

from watcher.adapters.store.tables.access import api_tokens
from watcher.domain.access import Grant, Role
from watcher.domain.errors import StartError, UsageError
from watcher.ports.store.tokens import ApiToken

_NOTED: Final = timedelta(hours=1)  # between two notes of a token's use
_ONE: Final = api_tokens.c


@dataclass(frozen=True, slots=True)
class SqlTokens:
    """Signs the port `Tokens`."""

    engine: Engine

    def add(self, sha256: str, token: ApiToken) -> None:
        """Keep a new one; raises UsageError where a token that holds has the name already."""
        with self.engine.begin() as connection:
            # One that has expired gives its name up.
            connection.execute(
                update(api_tokens)
                .where(_ONE.name == token.name, _ONE.revoked_at.is_(None))
                .where(_ONE.expires_at <= token.made_at)
                .values(revoked_at=_ONE.expires_at)
            )
        teams = token.grant.teams
        row = {
            "name": token.name,
            "sha256": sha256,
            "role": token.grant.role.value,
            "teams": None if teams is None else sorted(teams),
            "made_at": token.made_at,
            "expires_at": token.expires_at,
        }
        try:
            with self.engine.begin() as connection:
                connection.execute(insert(api_tokens), row)
        except IntegrityError:
            raise UsageError(
                f"there is a token named {token.name} already: revoke it, or take another name"
            ) from None

    def found(self, sha256: str, now: datetime) -> ApiToken | None:
        """The token of this sha256, where it holds; that it was used is noted."""
        with self.engine.connect() as connection:
            row = connection.execute(select(api_tokens).where(_ONE.sha256 == sha256)).first()
        token = _read(row) if row else None
        if row is None or token is None or not token.holds(now):
            return None
        if token.used_at is None or now - token.used_at >= _NOTED:
            self._note(row.id, now)
        return token

    def listed(self) -> list[ApiToken]:
        """All that were ever made, by name, the oldest first."""
        statement = select(api_tokens).order_by(_ONE.name, _ONE.id)
        with self.engine.connect() as connection:
            return [_read(row) for row in connection.execute(statement)]

    def revoke(self, name: str, now: datetime) -> bool:
        """End a token; False where none of this name holds."""
        holding = or_(_ONE.expires_at.is_(None), _ONE.expires_at > now)
        statement = update(api_tokens).where(_ONE.name == name, _ONE.revoked_at.is_(None), holding)
        with self.engine.begin() as connection:
            return connection.execute(statement.values(revoked_at=now)).rowcount > 0

    def _note(self, number: int, now: datetime) -> None:
        """Note a use; a database that cannot be written to still lets whoever has a token read."""
        with suppress(StartError), self.engine.begin() as connection:
            connection.execute(update(api_tokens).where(_ONE.id == number).values(used_at=now))


def _read(row: Row[tuple[object, ...]]) -> ApiToken:
    teams = None if row.teams is None else frozenset(row.teams)
    return ApiToken(
        name=row.name,
        grant=Grant(Role(row.role), teams),
        made_at=row.made_at,
        expires_at=row.expires_at,
        revoked_at=row.revoked_at,
        used_at=row.used_at,
    )
