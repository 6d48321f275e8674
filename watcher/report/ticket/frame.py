"""The frame that a user may put around a ticket's parts, instead of watcher's own order."""

from __future__ import annotations

from dataclasses import dataclass
from string import Template
from typing import Final, Self

from watcher.domain.errors import UsageError

_PARTS: Final = frozenset({"first_screen", "details", "footer", "team", "base", "target"})
_NEEDED: Final = "first_screen"
_LARGEST: Final = 20_000  # characters, of which a ticket has only some


@dataclass(frozen=True, slots=True)
class Frame:
    """Markdown with `$first_screen`, `$details`, `$footer`, `$team`, `$base` and `$target` in it.

    A dollar sign of its own is written twice.
    """

    text: str

    @classmethod
    def parse(cls, text: str, where: str) -> Self:
        """Check a text; raises UsageError, naming `where` it is from, for one that is no frame."""
        template = Template(text)
        said = f"tickets.template: {where}"
        wrong = sorted(set(template.get_identifiers()) - _PARTS) if template.is_valid() else ["$"]
        if len(text) > _LARGEST:
            raise UsageError(f"{said} is longer than {_LARGEST} characters: shorten it")
        if wrong:
            raise UsageError(
                f"{said} holds ${wrong[0].lstrip('$')}, which is none of "
                f"{', '.join(f'${one}' for one in sorted(_PARTS))}; a dollar sign is written $$"
            )
        if _NEEDED not in template.get_identifiers():
            raise UsageError(f"{said} lacks ${_NEEDED}, what a ticket asks for: put it in")
        return cls(text)

    def around(self, **parts: str) -> str:
        """The text with its parts in their places."""
        return Template(self.text).substitute(parts)
