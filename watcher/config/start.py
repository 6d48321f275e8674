"""A configuration to start from: annotated, and working as it is written."""

from __future__ import annotations

import json
from pathlib import Path
from string import Template
from urllib.parse import urlsplit

_TEXT = Template((Path(__file__).parent / "start.yaml").read_text(encoding="utf-8"))


def starting_text(trivy: str, registry: str | None) -> str:
    """The file's text, with the scanner at a path and, where its address is given, a registry.

    What is given is not judged here: reading the file does that.
    """
    listed = "[]"
    if registry is not None:
        name = "".join(
            one for one in (urlsplit(registry).hostname or "") if one.isalnum() or one in "-."
        )
        entry = {"name": name.lower() or "registry", "kind": "oci", "url": registry}
        told = ", ".join(f"{key}: {_quoted(value)}" for key, value in entry.items())
        listed = f'\n  - {{{told}, include: ["**"]}}'
    return _TEXT.substitute(trivy=_quoted(trivy), registries=listed)


def _quoted(value: str) -> str:
    """As YAML takes any text: JSON is YAML."""
    return json.dumps(value)
