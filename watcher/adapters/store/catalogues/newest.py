"""Which of an image's catalogues counts: the newest, the older ones serving until it is known."""

from __future__ import annotations

from sqlalchemy import ColumnElement, exists

from watcher.adapters.store.tables.packages import catalogues


def newest(upto: int | None = None) -> ColumnElement[bool]:
    """The condition that no newer catalogue of the image was recorded, by pass `upto`.

    Lists of an image's own scans and others follow one another apart.
    """
    newer = catalogues.alias()
    outdone = exists().where(
        newer.c.image_id == catalogues.c.image_id,
        newer.c.id > catalogues.c.id,
        newer.c.direct == catalogues.c.direct,
    )
    return ~(outdone if upto is None else outdone.where(newer.c.opened_in <= upto))


def replaced() -> ColumnElement[bool]:
    """The condition that a newer catalogue of the same image was matched and compared."""
    newer = catalogues.alias()
    return exists().where(
        newer.c.image_id == catalogues.c.image_id,
        newer.c.id > catalogues.c.id,
        newer.c.direct == catalogues.c.direct,
        newer.c.audit != "pending",
    )
