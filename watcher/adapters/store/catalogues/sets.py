"""Packages and sets of them as rows: named by their content, so that equal ones are the same."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from hashlib import sha256

from sqlalchemy import Connection, select

from watcher.adapters.store.copying import Row
from watcher.adapters.store.rows import add_numbered, add_rows, among
from watcher.adapters.store.tables.base import LONGEST, kept
from watcher.adapters.store.tables.packages import (
    contexts,
    package_set_members,
    package_sets,
    packages,
)
from watcher.domain.package import Occurrence, Package, is_direct
from watcher.ports.store.passes import PassRecord

Key = tuple[str, str]  # context and identity


def numbered_sets(
    connection: Connection, this: PassRecord, occurrences: Iterable[Occurrence]
) -> list[int]:
    """Numbers of the sets that layers bring; of those already there no package is looked up."""
    by_layer: dict[str, list[Occurrence]] = defaultdict(list)
    for one in occurrences:
        by_layer[one.layer].append(one)
    wanted = {_content(layer, members): members for layer, members in by_layer.items()}
    statement = select(package_sets.c.sha256, package_sets.c.id)
    rows = connection.execute(statement.where(among(package_sets.c.sha256, wanted)))
    held = {row.sha256: row.id for row in rows}
    new = {name: members for name, members in wanted.items() if name not in held}
    return sorted([*held.values(), *_add_sets(connection, this, new)])


def _content(layer: str, members: Iterable[Occurrence]) -> str:
    lines = sorted((o.package.context, o.package.identity, o.path, o.purl) for o in members)
    return sha256(json.dumps([layer, lines]).encode()).hexdigest()


def _add_sets(
    connection: Connection, this: PassRecord, new: Mapping[str, list[Occurrence]]
) -> list[int]:
    every = [one.package for members in new.values() for one in members]
    numbers = _numbered_packages(connection, this, every)
    rows: list[Row] = [
        {"sha256": name, "layer": members[0].layer, "opened_in": this.number}
        for name, members in new.items()
    ]
    added = add_numbered(connection, package_sets, rows)
    members: list[Row] = [
        {
            "set_id": number,
            "package_id": numbers[_key(one.package)],
            "path": one.path,
            "purl": one.purl,
        }
        for number, brought in zip(added, new.values(), strict=True)
        for one in brought
    ]
    add_rows(connection, package_set_members, members)
    return added


def _numbered_packages(
    connection: Connection, this: PassRecord, every: Iterable[Package]
) -> dict[Key, int]:
    wanted = {_key(one): one for one in every}
    if not wanted:
        return {}
    statement = (
        select(packages.c.id, packages.c.identity, contexts.c.name)
        .join(contexts, contexts.c.id == packages.c.context_id)
        .where(among(contexts.c.name, {context for context, _ in wanted}))
        .where(among(packages.c.identity, {identity for _, identity in wanted}))
    )
    held = {(row.name, row.identity): row.id for row in connection.execute(statement)}
    new = sorted(wanted.keys() - held.keys())
    numbers = numbered_contexts(connection, {context for context, _ in new})
    rows = [_package_row(this, numbers[key[0]], wanted[key]) for key in new]
    return held | dict(zip(new, add_numbered(connection, packages, rows), strict=True))


def numbered_contexts(connection: Connection, names: set[str]) -> dict[str, int]:
    """Numbers of contexts by name; those that are new are added."""
    if not names:
        return {}
    statement = select(contexts.c.name, contexts.c.id).where(among(contexts.c.name, names))
    held = {row.name: row.id for row in connection.execute(statement)}
    new = sorted(names - held.keys())
    rows: list[Row] = [{"name": name, "direct": is_direct(name)} for name in new]
    numbers = add_numbered(connection, contexts, rows)
    return held | dict(zip(new, numbers, strict=True))


def _key(package: Package) -> Key:
    """A package's place in the record, as the record writes it."""
    return kept(package.context, LONGEST), kept(package.identity, LONGEST)


def _package_row(this: PassRecord, context: int, package: Package) -> Row:
    return {
        "context_id": context,
        "identity": package.identity,
        "name": package.name,
        "version": package.version,
        "attributes": dict(package.attributes),
        "left_out": package.left_out,
        "opened_in": this.number,
    }
