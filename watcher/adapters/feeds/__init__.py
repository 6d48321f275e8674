"""Feeds that rate vulnerabilities: fetched from a file or an address, and parsed, a module each."""

from watcher.adapters.feeds.source import Feed

__all__ = ["Feed"]
