"""What the demo prints while it plays: a line for each pass, and at the end what to ask next."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from shlex import quote

from rich.markup import escape

from watcher.demo.play import tickets_in
from watcher.demo.run import Played

_QUESTIONS = (
    ("report --format html -o report.html", "the figures for management"),
    ("bumps", "which rebuild ends how much, and its ticket"),
    ("exposures --open", "who is exposed to what, and since when"),
    ("find openssl", "where a package is"),
    ("streams", "what is watched"),
)


@dataclass(frozen=True, slots=True)
class Telling:
    """Tells a season that starts at the midnight `start`."""

    start: datetime

    def opening(self) -> str:
        """What is to come, and the heads of the columns."""
        return (
            f"120 days of 12 repositories on 12 bases, from {self.start:%d %b %Y} on: a real "
            "registry, a real mirror of\nadvisories, real Trivy. Four teams: shop gets fast, data "
            "is steady, pay takes its time, ops never moves.\n\n"
            "[bold]day   exposures          tickets   what happened[/bold]\n"
            "[dim]      open  new ended   new done[/dim]"
        )

    def line(self, played: Played) -> str:
        """A pass in one line; each of its failures in one more."""
        counts = played.report.counts
        names = ("episodes_opened", "episodes_closed", "tickets_created", "tickets_closed")
        new, ended, filed, done = (str(counts[name]) if counts[name] else "·" for name in names)
        figures = f"{played.chapter.day:>3g}  {played.exposures:>5} {new:>4} {ended:>5}"
        failed = [f"{failure.subject}: {failure.error}" for failure in played.report.failures]
        return "\n".join(
            [
                f"{figures}  {filed:>4} {done:>4}   {escape(played.chapter.title)}",
                *(f"     [yellow]{escape(one)}[/yellow]" for one in failed),
            ]
        )

    def closing(self, folder: Path, program: str) -> str:
        """Where everything is, and what to ask; `program` is watcher as it was called."""
        tickets = tickets_in(folder / "tickets")
        asked = f"  {program} --config {quote(str(folder / 'watcher.yaml'))} "
        width = max(len(question) for question, _ in _QUESTIONS)
        first = tickets["open"][0] if tickets["open"] else "none"
        count = f"{len(tickets['open'])} open, {len(tickets['closed'])} closed"
        lines = [
            f"\nTickets: {count}, a file each in {folder}/tickets; one to read: {first}",
            "The record stays. Ask it:",
            *(f"{asked}{question:<{width}}  # {answer}" for question, answer in _QUESTIONS),
        ]
        return escape("\n".join(lines))
