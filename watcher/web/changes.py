"""Changes of matches in words: what changed, and what was new that explains it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

REASONS: Final[Mapping[str | None, str]] = {
    None: "the first one",
    "advisory": "database",
    "scanner": "Trivy",
    "both": "database and Trivy",
}
WHATS: Final[Mapping[str, str]] = {
    "appeared": "began",
    "ended": "ended",
    "severity": "severity",
    "severity_source": "source of the severity",
    "status": "status",
    "fixed_version": "fixed version",
}
WORDS: Final = {"reasons": REASONS, "whats": WHATS}
