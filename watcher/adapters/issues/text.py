"""An issue's text: watcher's up to its marker, and behind it what people wrote."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from watcher.domain.ticket import TicketKey, marked, marker, wiki_marker, with_marker
from watcher.ports.tracker import Medium

_KEPT: Final = "The line that ends watcher's text was missing here. This is what was said before:"


@dataclass(frozen=True, slots=True)
class IssueText:
    """A text taken apart. `key` is None where there is no marker; then all of it is `notes`."""

    key: TicketKey | None
    ours: str
    notes: str

    @classmethod
    def of(cls, body: str, key: TicketKey | None = None) -> IssueText:
        """Take apart at the first marker, or at the first one with a key."""
        text = lines(body)
        found = marked(text, key)
        if found is None:
            return cls(None, "", text.strip())
        return cls(found.key, text[: found.end].strip() + "\n", text[found.end :].strip())

    @property
    def shown(self) -> str:
        """What counts as watcher's text; without a marker whatever there is."""
        return self.ours or self.notes + "\n"

    def rewritten(self, ours: str, key: TicketKey, medium: Medium) -> str:
        """The whole text with watcher's part anew; nothing that people wrote is lost."""
        line = wiki_marker(key) if medium.markup == "wiki" else marker(key)
        body = with_marker(lines(ours), key, line)
        notes = self.notes
        if self.key is None and notes:
            notes = f"{_KEPT}\n\n{notes}"
        return f"{body}\n{notes}\n" if notes else body


def lines(text: str) -> str:
    """A text with plain line ends."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


def one_line(text: str, longest: int) -> str:
    """A title on one line, cut to so many characters, visibly."""
    title = " ".join(text.encode("utf-8", "backslashreplace").decode("utf-8").split())
    return title if len(title) <= longest else title[: longest - 1] + "…"
