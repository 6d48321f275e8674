"""What was accepted under the configuration of a pass."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from watcher.adapters.store.tables.passes import config_snapshots, passes
from watcher.domain.acceptance import Acceptance
from watcher.domain.pattern import Pattern


def read_accepted(connection: Connection, upto: int) -> tuple[Acceptance, ...]:
    """The risks that the configuration of a pass accepted."""
    statement = (
        select(config_snapshots.c.body)
        .join(passes, passes.c.config_id == config_snapshots.c.id)
        .where(passes.c.id == upto)
    )
    body = connection.scalar(statement)
    return tuple(_read(one) for one in json.loads(body).get("accepted", ())) if body else ()


def _read(one: dict[str, Any]) -> Acceptance:
    return Acceptance(
        vulnerability=one["vulnerability"],
        match=Pattern(one["match"]) if one["match"] else None,
        reason=one["reason"],
        author=one["author"],
        expires=datetime.fromisoformat(one["expires"]),
    )
