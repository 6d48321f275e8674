"""What statements in force excuse in images, as they are and as they would be."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence

from sqlalchemy import Connection, select

from watcher.adapters.store.aliases import LAST, Aliases, read_aliases
from watcher.adapters.store.facts.held import read_purls
from watcher.adapters.store.rows import among, still_open
from watcher.adapters.store.statements.covering import covering, said
from watcher.adapters.store.statements.reading import read_statements
from watcher.adapters.store.statements.stated import by_number
from watcher.adapters.store.tables.knowledge import matches
from watcher.domain.vex import Place, StatedPackage, excuses
from watcher.ports.store.lineages import Excuses, Excusing, HeldIn
from watcher.ports.store.vex import RecordedStatement


def read_excused(connection: Connection, wanted: Collection[HeldIn]) -> Mapping[HeldIn, Excuses]:
    """What is excused wherever it is held now; nothing is read where nothing is stated."""
    stated = [one for one in read_statements(connection, LAST) if one.end is None]
    if not stated:
        return {}
    aliases = read_aliases(connection, LAST)
    standing = by_number(connection, LAST, aliases, stated)
    matched = _matched(connection, aliases, standing)
    purls = read_purls(connection, LAST, {one.image for one in wanted}, matched)
    of_image: dict[int, dict[int, Sequence[StatedPackage]]] = defaultdict(dict)
    for (image, package), held in purls.items():
        of_image[image][package] = held
    found: dict[HeldIn, Excuses] = {}
    for one in wanted:
        excused = {
            package: told
            for package, held in of_image[one.image].items()
            if (told := _told(one, held, matched[package], standing))
        }
        if excused:
            found[one] = excused
    return found


def _matched(
    connection: Connection, aliases: Aliases, standing: Mapping[int, Sequence[RecordedStatement]]
) -> dict[int, set[int]]:
    """Vulnerabilities of which something is stated, by the packages that match them now."""
    numbers = aliases.closed(standing)
    statement = select(matches.c.package_id, matches.c.vulnerability_id)
    rows = connection.execute(
        statement.where(among(matches.c.vulnerability_id, numbers), still_open(matches))
    )
    found: dict[int, set[int]] = defaultdict(set)
    for row in rows:
        found[row.package_id].add(aliases.of(row.vulnerability_id))
    return found


def _told(
    one: HeldIn,
    held: Sequence[StatedPackage],
    numbers: Collection[int],
    standing: Mapping[int, Sequence[RecordedStatement]],
) -> dict[int, Excusing]:
    places = [Place(one.repository, one.digests, one.tag, package) for package in held]
    found: dict[int, Excusing] = {}
    for number in sorted(numbers):
        about = covering(standing.get(number, ()), places)
        spans = excuses(map(said, about))
        if spans and spans[-1].end is None:
            found[number] = _excusing(about)
    return found


def _excusing(about: Sequence[RecordedStatement]) -> Excusing:
    """The newest word of those that say: not affected."""
    telling = [one for one in about if one.statement.status == "not_affected"]
    last = max(telling, key=lambda one: (one.statement.stated_at or one.start.at, one.number))
    return Excusing(last.statement.author, last.statement.justification, last.location)
