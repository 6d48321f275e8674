"""The record of passes: their states, coverage and failures."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, Engine, bindparam, insert, select, update

from watcher.adapters.store.asof import ended_with
from watcher.adapters.store.engine import add_rows, among, batches
from watcher.adapters.store.tables.base import LONGEST, kept
from watcher.adapters.store.tables.passes import config_snapshots, coverage, failures, passes
from watcher.adapters.store.writing import writing
from watcher.ports.store.passes import (
    CoveredStage,
    Failure,
    PassRecord,
    PassState,
    Snapshot,
)


@dataclass(frozen=True, slots=True)
class SqlPasses:
    """Signs the port `Passes`."""

    engine: Engine

    def last(self) -> PassRecord | None:
        """The latest pass in whatever state."""
        statement = select(passes.c.id, passes.c.at).order_by(passes.c.id.desc()).limit(1)
        with self.engine.connect() as connection:
            row = connection.execute(statement).first()
        return PassRecord(row.id, row.at) if row else None

    def begin(
        self, at: datetime, started_at: datetime, stages: Sequence[str], snapshot: Snapshot
    ) -> PassRecord:
        """Open a pass; one that was left running is marked abandoned."""
        with writing(self.engine) as connection:
            connection.execute(
                update(passes).where(passes.c.state == "running").values(state="abandoned")
            )
            number = connection.execute(
                insert(passes).values(
                    at=at,
                    started_at=started_at,
                    state="running",
                    stages=list(stages),
                    folded=False,
                    identified=False,
                    config_id=_snapshot(connection, snapshot),
                )
            ).inserted_primary_key
        if number is None:
            raise AssertionError("an inserted row has a number")
        return PassRecord(number[0], at)

    def running_since(self) -> datetime | None:
        """When the pass that is marked running was started."""
        statement = (
            select(passes.c.started_at)
            .where(passes.c.state == "running")
            .order_by(passes.c.id.desc())
        )
        with self.engine.connect() as connection:
            return connection.scalar(statement.limit(1))

    def previous_snapshot(self, before: PassRecord) -> str | None:
        """The sha256 of the configuration under which streams were last viewed to the end."""
        statement = select(config_snapshots.c.sha256).join(
            passes, passes.c.config_id == config_snapshots.c.id
        )
        with self.engine.connect() as connection:
            number = ended_with(connection, "inventory", before.number)
            return connection.scalar(statement.where(passes.c.id == number))

    def finish(self, this: PassRecord, state: PassState, summary: Mapping[str, object]) -> None:
        """Close a pass with what it did; one that is over already can only be abandoned."""
        mine = update(passes).where(passes.c.id == this.number)
        with writing(self.engine, None if state == "abandoned" else this) as connection:
            connection.execute(mine.values(state=state, summary=dict(summary)))

    def cover(
        self,
        this: PassRecord,
        stage: CoveredStage,
        succeeded: Collection[int],
        tried: Collection[int] | None = None,
    ) -> None:
        """Record for which subjects a stage succeeded; those it held before and not now end."""
        is_open = (coverage.c.stage == stage) & coverage.c.closed_in.is_(None)
        if tried is not None:
            is_open &= among(coverage.c.subject, set(tried) | set(succeeded))
        with writing(self.engine, this) as connection:
            held = set(connection.scalars(select(coverage.c.subject).where(is_open)))
            for batch in batches(sorted(held - set(succeeded))):
                lost = update(coverage).where(is_open, coverage.c.subject.in_(batch))
                connection.execute(lost.values(closed_in=this.number))
            connection.execute(update(coverage).where(is_open).values(until=this.at))
            new = sorted(set(succeeded) - held)
            add_rows(
                connection,
                coverage,
                [
                    {
                        "stage": stage,
                        "subject": one,
                        "since": this.at,
                        "until": this.at,
                        "opened_in": this.number,
                    }
                    for one in new
                ],
            )

    def record_failures(
        self,
        this: PassRecord,
        stage: str,
        failed: Sequence[Failure],
        tried: Callable[[str], bool] | None = None,
    ) -> None:
        """Record what a stage failed at now; what it failed at before and not now is over."""
        now = {kept(one.subject, LONGEST): one for one in failed}
        is_open = (failures.c.stage == stage) & failures.c.closed_in.is_(None)
        columns = (failures.c.id, failures.c.subject, failures.c.error, failures.c.attempts)
        with writing(self.engine, this) as connection:
            held = {row.subject: row for row in connection.execute(select(*columns).where(is_open))}
            again = [s for s, row in held.items() if s in now and kept(now[s].error) == row.error]
            over = [
                row.id
                for subject, row in held.items()
                if subject not in again and (subject in now or tried is None or tried(subject))
            ]
            for batch in batches(over):
                ended = update(failures).where(failures.c.id.in_(batch))
                connection.execute(ended.values(closed_in=this.number))
            if again:
                repeated = update(failures).where(failures.c.id == bindparam("number"))
                connection.execute(
                    repeated.values(attempts=failures.c.attempts + 1),
                    [{"number": held[s].id} for s in again],
                )
            new = [
                _failure(this, one, getattr(held.get(subject), "attempts", 0) + 1)
                for subject, one in now.items()
                if subject not in again
            ]
            add_rows(connection, failures, new)


def _failure(this: PassRecord, one: Failure, attempts: int) -> dict[str, object]:
    return {
        "stage": one.stage,
        "subject": one.subject,
        "error": one.error,
        "retry": one.retry,
        "attempts": attempts,
        "opened_in": this.number,
    }


def _snapshot(connection: Connection, snapshot: Snapshot) -> int:
    statement = select(config_snapshots.c.id).where(config_snapshots.c.sha256 == snapshot.sha256)
    number = connection.scalar(statement)
    if number is None:
        row = connection.execute(
            insert(config_snapshots).values(sha256=snapshot.sha256, body=snapshot.body)
        )
        number = row.inserted_primary_key[0] if row.inserted_primary_key else 0
    return int(number)
