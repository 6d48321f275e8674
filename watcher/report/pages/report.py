"""The management report as a page: one document in, one sheet of paper out."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, cast

from watcher.report.pages.environment import render
from watcher.report.pages.sections.ages import ages
from watcher.report.pages.sections.bumps import bumps
from watcher.report.pages.sections.definitions import definitions
from watcher.report.pages.sections.dues import dues
from watcher.report.pages.sections.facts import facts
from watcher.report.pages.sections.headline import headlines
from watcher.report.pages.sections.shape import Report
from watcher.report.pages.sections.survival import survival
from watcher.report.pages.sections.teams import teams
from watcher.report.pages.sections.watch import watch
from watcher.report.pages.sections.why import why

SHEET: Final = "report.css"


def page(
    document: Mapping[str, object],
    *,
    standalone: bool,
    around: Mapping[str, object] = MappingProxyType({}),
) -> str:
    """Draw the report document (`watcher/report/1`) as HTML.

    `standalone` makes a file that needs nothing beside it and links nowhere; else the page links to
    the others of the web: `around` is what those have around them, such as the time `asked_as_of`,
    to which they keep where the reader asked for one. The same document gives the same page. Raises
    KeyError for a document that is no report.
    """
    report = cast("Report", document)
    watched = watch(report)
    told = {
        "as_of": report["as_of"],
        "asked_as_of": None,
        "since": report["since"],
        "watched": watched,
        "facts": facts(report, watched),
        "headlines": headlines(report, watched),
        "why": why(report, watched),
        "ages": ages(report),
        "survival": survival(report),
        "teams": teams(report, watched),
        "bumps": bumps(report),
        "dues": dues(report),
        "definitions": definitions(report),
        **around,
    }
    return render("report.html", told, standalone=standalone, sheets=(SHEET,))
