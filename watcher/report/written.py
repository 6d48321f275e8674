"""Documents as bytes: JSON that is safe on any terminal and the same for the same facts."""

from __future__ import annotations

import json
from collections.abc import Mapping


def written(document: Mapping[str, object]) -> str:
    """Write a document; what is not ASCII is escaped, so that no terminal obeys any of it."""
    return json.dumps(document, ensure_ascii=True, indent=2, allow_nan=False) + "\n"
