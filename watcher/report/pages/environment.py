"""The templates' surroundings: everything is escaped, and a name that is missing is an error."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Final

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from watcher import __version__
from watcher.report.pages import wording

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
    made.globals.update(version=__version__)
    return made


@cache
def style_sheet() -> str:
    """The text of the one style sheet."""
    return (files("watcher.report.pages") / "static" / STYLE).read_text(encoding="utf-8")


def render(template: str, told: Mapping[str, object], *, standalone: bool = False) -> str:
    """Draw a page; `standalone` makes a file that needs nothing beside it and links nowhere."""
    style = Markup(style_sheet()) if standalone else None  # noqa: S704 - our own file
    return environment().get_template(template).render(told, standalone=standalone, style=style)
