"""The templates' surroundings: everything is escaped, and a name that is missing is an error."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import Final

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from watcher import __version__
from watcher.report.pages import wording
from watcher.report.pages.shown import shown

STYLE: Final = "watcher.css"


@cache
def environment() -> Environment:
    """The one environment of all pages."""
    made = Environment(
        loader=PackageLoader("watcher.report.pages"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters.update(wording.FILTERS)
    made.globals.update(version=__version__, shown=shown)
    return made


@cache
def style_sheet(name: str = STYLE) -> str:
    """The text of a style sheet; the one of all pages where none is named."""
    return (files("watcher.report.pages") / "static" / name).read_text(encoding="utf-8")


def render(
    template: str,
    told: Mapping[str, object],
    *,
    standalone: bool = False,
    sheets: Sequence[str] = (),
) -> str:
    """Draw a page; `standalone` makes a file that needs nothing beside it and links nowhere.

    `sheets` are style sheets of the page's own, beside the one of all pages.
    """
    style = "\n".join(map(style_sheet, (STYLE, *sheets)))
    within = {
        "standalone": standalone,
        "style": Markup(style) if standalone else None,  # noqa: S704 - our own files
        "sheets": sheets,
    }
    return environment().get_template(template).render(told, **within)
