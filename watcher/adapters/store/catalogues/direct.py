"""Which images are matched on their own, and which of an image's lists counts for that reason."""

from __future__ import annotations

from sqlalchemy import ColumnElement, Connection, and_, exists, insert, or_, select, update

from watcher import __version__
from watcher.adapters.store.asof import unended, visible
from watcher.adapters.store.rows import still_open
from watcher.adapters.store.tables.packages import catalogues, direct_images
from watcher.ports.store.passes import PassRecord


def send_away(
    connection: Connection, this: PassRecord, image: int, reason: str, scanner: str
) -> None:
    """Record that an image is matched on its own from this pass on.

    A new decision takes an old one's place: it was made under other versions of scanner or watcher.
    """
    take_back(connection, this, image)
    row = {
        "image_id": image,
        "reason": reason,
        "scanner": scanner,
        "release": __version__,
        "opened_in": this.number,
    }
    connection.execute(insert(direct_images).values(row))


def take_back(connection: Connection, this: PassRecord, image: int) -> None:
    """Record that an image is matched with the others again."""
    over = update(direct_images).where(direct_images.c.image_id == image)
    over = over.where(still_open(direct_images))
    connection.execute(over.values(closed_in=this.number))


def believed(upto: int) -> ColumnElement[bool]:
    """The condition that a list of an image says what it holds, while it is the newest such one.

    One that was found to differ at birth never does; nor does one that waits for its comparison
    while its image is matched on its own, for it is a try.
    """
    late = or_(catalogues.c.audited_in.is_(None), catalogues.c.audited_in > upto)
    differs = and_(catalogues.c.audit.in_(("different", "late")), ~late)
    waits = and_(late, is_direct(upto))
    shared = and_(~differs, ~waits, catalogues.c.not_covered.is_(None))
    return or_(catalogues.c.direct, shared)


def is_direct(upto: int) -> ColumnElement[bool]:
    """The condition that a catalogue's image was matched on its own after a pass."""
    return exists().where(
        direct_images.c.image_id == catalogues.c.image_id,
        visible(direct_images, upto),
        unended(direct_images, upto),
    )


def shown(upto: int) -> ColumnElement[bool]:
    """The condition that a catalogue is of the kind that its image is shown by after a pass.

    The lists of its own scans where it is matched on its own and was scanned, else the others.
    """
    scan = catalogues.alias()
    scanned = exists().where(
        scan.c.image_id == catalogues.c.image_id, scan.c.direct, scan.c.opened_in <= upto
    )
    alone = and_(is_direct(upto), scanned)
    return or_(and_(catalogues.c.direct, alone), and_(~catalogues.c.direct, ~alone))


def in_force() -> ColumnElement[bool]:
    """The condition that a catalogue is its image's list now; an image may have none yet."""
    itself = exists().where(
        direct_images.c.image_id == catalogues.c.image_id, still_open(direct_images)
    )
    newer = catalogues.alias()
    outdone = exists().where(
        newer.c.image_id == catalogues.c.image_id,
        newer.c.id > catalogues.c.id,
        newer.c.direct == catalogues.c.direct,
    )
    fits = or_(and_(catalogues.c.direct, itself), and_(~catalogues.c.direct, ~itself))
    return and_(fits, ~outdone, or_(catalogues.c.direct, catalogues.c.not_covered.is_(None)))


def reason_of(connection: Connection, image: int, upto: int | None = None) -> str | None:
    """Why an image is matched on its own, now or after a pass; None where it is not."""
    statement = select(direct_images.c.reason).where(direct_images.c.image_id == image)
    if upto is None:
        return connection.scalar(statement.where(still_open(direct_images)))
    then = (visible(direct_images, upto), unended(direct_images, upto))
    return connection.scalar(statement.where(*then))
