"""Options that take several words: `--only knowledge match` means it once for each of them."""

from __future__ import annotations

from collections.abc import Sequence

ONLY = "--only"  # the one such option; no other command has it


def spread(arguments: Sequence[str], option: str = ONLY) -> list[str]:
    """Repeat the option before every further word behind it, up to the next option or `--`."""
    result: list[str] = []
    taking = needed = False
    for position, word in enumerate(arguments):
        if word == "--":
            return [*result, *arguments[position:]]
        if needed:
            needed = False
        elif word.startswith("-"):
            needed = word == option
            taking = needed or word.startswith(f"{option}=")
        elif taking:
            result.append(option)
        result.append(word)
    return result
