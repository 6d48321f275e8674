"""Runs migrations on the connection it is handed; there is no other way to run them."""

from typing import Literal

from alembic import context

from watcher.adapters.store.tables import metadata
from watcher.adapters.store.tables.base import Utc, Words


def render_item(kind: str, item: object, autogen_context: object) -> str | Literal[False]:
    """Write our types down as what they are to a database, for migrations outlive our modules."""
    del autogen_context
    if kind == "type" and isinstance(item, Utc):
        return "sa.DateTime(timezone=True)"
    return "sa.Text()" if kind == "type" and isinstance(item, Words) else False


connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=metadata,
    render_as_batch=True,
    compare_type=True,
    render_item=render_item,
)
with context.begin_transaction():
    context.run_migrations()
