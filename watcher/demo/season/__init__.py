"""The season: 120 days of twelve repositories on twelve bases, and of four teams that differ.

Told as tables and read in this order: systems and advisories (what there is and what is wrong with
it), archive (what could be had when), bases, services, teams, builds (what follows from habits),
events (what does not), chapters.
"""

from watcher.demo.season.calendar import DAYS
from watcher.demo.season.chapters import season

__all__ = ["DAYS", "season"]
