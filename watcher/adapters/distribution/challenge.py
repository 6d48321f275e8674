"""Challenges: how a remote says in WWW-Authenticate what it wants to see (RFC 9110, 11.6.1)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

_LONGEST = 8192
_WORD = r"[A-Za-z0-9!#$%&'*+.^_`|~-]+"
# A scheme alone, or one of its parameters; quoted text cannot hold its own quote unescaped.
_PART = re.compile(rf'({_WORD})(?:[ \t]*=[ \t]*(?:"((?:[^"\\]|\\.)*)"|({_WORD})))?')


@dataclass(frozen=True, slots=True)
class Challenge:
    """One way to authenticate; scheme and parameter names in lower case."""

    scheme: str
    parameters: Mapping[str, str]


def parse_challenges(header: str) -> tuple[Challenge, ...]:
    """Read all challenges of a header; what cannot be read is left out, and too long is nothing."""
    if len(header) > _LONGEST:
        return ()
    found: list[tuple[str, dict[str, str]]] = []
    for part in _PART.finditer(header):
        word, quoted, plain = part.groups()
        value = plain if quoted is None else re.sub(r"\\(.)", r"\1", quoted)
        if value is None:
            found.append((word.lower(), {}))
        elif found:
            found[-1][1].setdefault(word.lower(), value)
    return tuple(Challenge(scheme, parameters) for scheme, parameters in found)
