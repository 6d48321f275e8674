"""Statements that are about nothing: nobody will miss an exposure that they do not excuse."""

from __future__ import annotations

from collections.abc import Collection, Generator
from contextlib import closing

from sqlalchemy import Connection, select

from watcher.adapters.store.aliases import Aliases, read_aliases
from watcher.adapters.store.asof import visible
from watcher.adapters.store.rows import among
from watcher.adapters.store.statements.covering import covers
from watcher.adapters.store.statements.reading import read_statements
from watcher.adapters.store.statements.stated import by_number
from watcher.adapters.store.tables.inventory import bindings, images, repositories, streams
from watcher.adapters.store.tables.knowledge import matches
from watcher.adapters.store.tables.packages import catalogue_sets, catalogues, package_set_members
from watcher.domain.errors import PermanentError
from watcher.domain.vex import Place, concerns
from watcher.ports.purls import package_of
from watcher.ports.store.vex import RecordedStatement, UnusedStatement

_ROWS = 1000  # in memory at once


def read_unused(connection: Connection, upto: int) -> list[UnusedStatement]:
    """Statements in force after a pass that are about nothing that was ever watched, and why."""
    standing = [one for one in read_statements(connection, upto) if one.end is None]
    if not standing:
        return []
    aliases = read_aliases(connection, upto)
    named = by_number(connection, upto, aliases, standing)
    known = {one.number for found in named.values() for one in found}
    left = {one.number: one for one in standing if one.number in known}
    near: set[int] = set()  # about something watched, but for the version of the package
    with closing(_places(connection, upto, aliases, named.keys())) as places:
        for number, place in places:
            for one in named[number]:
                if one.number not in left:
                    continue
                if covers(one, place):
                    del left[one.number]
                elif any(concerns(product, place) for product in one.statement.products):
                    near.add(one.number)
            if not left:
                break
    return [
        UnusedStatement(one, _why(one, known, near))
        for one in standing
        if one.number in left or one.number not in known
    ]


def _why(one: RecordedStatement, known: Collection[int], near: Collection[int]) -> str:
    if one.number not in known:
        return "no database so far found this vulnerability in anything watched"
    if all(product.about_nothing for product in one.statement.products):
        return "it names no image and no package"
    if one.number in near:
        return "it is about another version of the package"
    return "nothing watched with this vulnerability is the product it names"


def _places(
    connection: Connection, upto: int, aliases: Aliases, numbers: Collection[int]
) -> Generator[tuple[int, Place]]:
    """Where packages with these vulnerabilities are or were held, each place once."""
    members = package_set_members.c
    statement = (
        select(
            matches.c.vulnerability_id,
            members.purl,
            images.c.digest,
            bindings.c.target,
            streams.c.by,
            streams.c.name,
            repositories.c.registry,
            repositories.c.path,
        )
        .join(package_set_members, members.package_id == matches.c.package_id)
        .join(catalogue_sets, catalogue_sets.c.set_id == members.set_id)
        .join(catalogues, catalogues.c.id == catalogue_sets.c.catalogue_id)
        .join(images, images.c.id == catalogues.c.image_id)
        .join(bindings, bindings.c.image_id == images.c.id)
        .join(streams, streams.c.id == bindings.c.stream_id)
        .join(repositories, repositories.c.id == streams.c.repository_id)
        .where(among(matches.c.vulnerability_id, aliases.closed(numbers)))
        .where(visible(matches, upto), visible(catalogues, upto), visible(bindings, upto))
        .where(streams.c.published)
        .distinct()
        .execution_options(yield_per=_ROWS)
    )
    with connection.execute(statement) as rows:
        for row in rows:
            try:
                package = package_of(row.purl)
            except PermanentError:
                continue
            tag = row.name if row.by == "tag" else None
            digests = frozenset((row.digest, row.target))
            place = Place(f"{row.registry}/{row.path}", digests, tag, package)
            yield aliases.of(row.vulnerability_id), place
