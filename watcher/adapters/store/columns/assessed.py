"""What is said of packages that match last: asked once for each set of them and vulnerability."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime

from sqlalchemy import Connection, select

from watcher.adapters.store.aliases import read_aliases
from watcher.adapters.store.evidence import Said, read_assessments, said
from watcher.adapters.store.ledger.affected import read_sets
from watcher.adapters.store.rows import among
from watcher.adapters.store.tables.packages import package_set_members
from watcher.domain.package import rank
from watcher.ports.store.columns import Assessed, Pair


def read_assessed(connection: Connection, upto: int, pairs: Sequence[Pair]) -> list[Assessed]:
    """What is said of each set of packages with a vulnerability, as recorded by a pass."""
    aliases = read_aliases(connection, upto)
    sets = read_sets(connection, {affected for affected, _ in pairs})
    numbers = {flaw: aliases.all_of(flaw) for _, flaw in pairs}
    wanted = {
        (package, number)
        for affected, flaw in pairs
        for package in sets[affected]
        for number in numbers[flaw]
    }
    assessed = read_assessments(connection, upto, wanted)
    return [
        _together([said(assessed, package, numbers[flaw]) for package in sets[affected]])
        for affected, flaw in pairs
    ]


def read_purls(
    connection: Connection, numbers: Collection[int]
) -> dict[int, Sequence[Collection[str]]]:
    """What each package of sets is called in whatever image, by set."""
    sets = read_sets(connection, numbers)
    members = package_set_members.c
    packages = frozenset[int]().union(*sets.values())
    statement = select(members.package_id, members.purl).distinct()
    called: dict[int, set[str]] = defaultdict(set)
    for package, purl in connection.execute(statement.where(among(members.package_id, packages))):
        called[package].add(purl)
    return {number: [called[one] for one in held] for number, held in sets.items()}


def _together(told: Sequence[Said]) -> Assessed:
    fixes = [one.fix_known_at for one in told if one.fix_known_at is not None]
    return Assessed(
        severity=min((one.last.severity for one in told), key=rank),
        first=frozenset(one.rated[0][1] if one.rated else one.last.severity for one in told),
        rerated=tuple(_rerated(told)),
        fixed=all(one.fixed for one in told),
        fix_known_at=max(fixes, default=None),
    )


def _rerated(told: Iterable[Said]) -> Iterable[tuple[datetime, str]]:
    return (rated for one in told for rated in one.rated[1:])
