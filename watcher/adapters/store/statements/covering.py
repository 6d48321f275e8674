"""Which statements are about a package where an image has it, its version included."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from watcher.domain.vex import Place, Said, StatedPackage, concerns
from watcher.ports.purls import in_range
from watcher.ports.store.vex import RecordedStatement


def covering(
    stated: Iterable[RecordedStatement], places: Sequence[Place]
) -> list[RecordedStatement]:
    """The statements that are about a package wherever an image has it."""
    if not places:
        return []
    return [one for one in stated if all(covers(one, place) for place in places)]


def covers(one: RecordedStatement, place: Place) -> bool:
    """Whether a statement is about a place, the package's version included."""
    return any(
        concerns(product, place) and of_version(product.package, place.package)
        for product in one.statement.products
    )


def of_version(stated: StatedPackage | None, held: StatedPackage) -> bool:
    """Whether a statement on packages is about the version that is held."""
    if stated is None:
        return True
    if stated.version is not None and stated.version != held.version:
        return False
    return stated.range is None or in_range(held.version or "", stated.range)


def said(one: RecordedStatement) -> Said:
    """A recorded statement as conflicts are settled by."""
    statement = one.statement
    stated_at = statement.stated_at or one.start.at
    return Said(statement.author, statement.status, stated_at, one.start, one.end)
