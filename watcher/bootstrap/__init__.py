"""Puts the parts together, once for each process; nothing else builds anything."""

from watcher.bootstrap.application import App, build
from watcher.bootstrap.runner import Parts, pass_runner

__all__ = ["App", "Parts", "build", "pass_runner"]
