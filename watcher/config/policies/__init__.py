"""The policies that come with watcher: tables as their sources publish them, read as data.

`SOURCES.md` says where each table is from.
"""

from watcher.config.policies.presets import PRESETS, named, preset

__all__ = ["PRESETS", "named", "preset"]
