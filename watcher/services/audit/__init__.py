"""Audit: what is derived for images, compared with full scans of them, at birth and by samples."""

from __future__ import annotations

from watcher.services.audit.birth import BirthAudit
from watcher.services.audit.compare import Comparison, compare
from watcher.services.audit.rules import RULES, Difference
from watcher.services.audit.sample import NIGHTLY, Sample, choose
from watcher.services.audit.stage import AuditCraft, AuditOutcome, AuditStage

__all__ = [
    "NIGHTLY",
    "RULES",
    "AuditCraft",
    "AuditOutcome",
    "AuditStage",
    "BirthAudit",
    "Comparison",
    "Difference",
    "Sample",
    "choose",
    "compare",
]
