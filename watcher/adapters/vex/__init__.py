"""VEX from files, folders and addresses: OpenVEX and CycloneDX, parsed strictly and bounded."""

from watcher.adapters.vex.attested import AttestedFeed
from watcher.adapters.vex.documents import parse_document
from watcher.adapters.vex.feeds import feed_of
from watcher.adapters.vex.products import Called

__all__ = ["AttestedFeed", "Called", "feed_of", "parse_document"]
