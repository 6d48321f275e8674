"""Puts crews and registries together from settings: here, or on whichever machine they work."""

from __future__ import annotations

from watcher.crewing.crew import CrewSettings, crew_of
from watcher.crewing.registries import logins_of, registry_of

__all__ = ["CrewSettings", "crew_of", "logins_of", "registry_of"]
