"""Where facts are kept, one protocol for each kind of fact."""

from watcher.ports.store.catalogues import Catalogues
from watcher.ports.store.inventory import Inventory
from watcher.ports.store.ledger import Ledger
from watcher.ports.store.matches import Matches
from watcher.ports.store.passes import Passes

__all__ = ["Catalogues", "Inventory", "Ledger", "Matches", "Passes"]
