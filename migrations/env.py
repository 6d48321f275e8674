"""Runs migrations on the connection it is handed; there is no other way to run them."""

from alembic import context

from watcher.adapters.store.tables import metadata
from watcher.adapters.store.tables.base import Utc


def render_item(kind: str, item: object, autogen_context: object) -> str | bool:
    """Write our time type down as what it is to a database, for migrations outlive our modules."""
    del autogen_context
    return "sa.DateTime(timezone=True)" if kind == "type" and isinstance(item, Utc) else False


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
