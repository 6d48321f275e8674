"""The tokens document: what stands on record of each token, which is never the token itself."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from watcher.ports.store.tokens import ApiToken
from watcher.report.times import stamp

Document = dict[str, object]


def document(tokens: Iterable[ApiToken], now: datetime) -> Document:
    """Write tokens down; `teams` is null where every stream is seen."""
    return {"schema": "watcher/tokens/1", "tokens": [_token(one, now) for one in tokens]}


def _token(one: ApiToken, now: datetime) -> Document:
    teams = one.grant.teams
    return {
        "name": one.name,
        "role": one.grant.role.value,
        "teams": None if teams is None else sorted(teams),
        "made_at": stamp(one.made_at),
        "expires_at": stamp(one.expires_at),
        "revoked_at": stamp(one.revoked_at),
        "used_at": stamp(one.used_at),
        "holds": one.holds(now),
    }
