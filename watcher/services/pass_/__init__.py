"""A pass: the stages strung together, each on what the ones before it left in the record."""

from __future__ import annotations

from watcher.services.pass_.parts import Records, Stages
from watcher.services.pass_.report import ORDER, STAGES, PassReport, Stage
from watcher.services.pass_.runner import PassRunner
from watcher.services.pass_.watch import Mood

__all__ = ["ORDER", "STAGES", "Mood", "PassReport", "PassRunner", "Records", "Stage", "Stages"]
