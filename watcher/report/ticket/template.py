"""Templates of tickets in somebody's own words: the same blocks, in another order, with more text.

A template is Jinja2 in a sandbox. What it is given is Markdown that is safe already, and a few
plain facts as code; nothing from outside reaches it in any other form.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from jinja2 import StrictUndefined, TemplateError
from jinja2 import Template as Compiled
from jinja2.sandbox import ImmutableSandboxedEnvironment

from watcher.domain.errors import UsageError

_LARGEST: Final = 100_000  # characters of a template
# Every block that a ticket may have; one that it has not is empty.
BLOCKS: Final = (
    *("lead", "newest", "change", "advice", "warnings", "why", "worst", "counts", "proof"),
    *("ticking", "to_do", "done", "fixes", "listed_before", "remains", "introduces"),
    *("unproven", "set_aside", "unknown", "own", "evidence", "footer"),
)


@dataclass(frozen=True, slots=True)
class Template:
    """A template that was read and compiled."""

    path: Path
    compiled: Compiled

    def written(self, blocks: Mapping[str, str], facts: Mapping[str, Any]) -> str:
        """The text of a ticket; raises UsageError where the template cannot be written out."""
        told = {**dict.fromkeys(BLOCKS, ""), **blocks, "ticket": dict(facts)}
        try:
            return self.compiled.render(told).strip()
        except TemplateError as error:
            raise UsageError(f"tickets.template: {self.path}: {_line(error)}") from None
        except (ArithmeticError, TypeError, ValueError, LookupError, AttributeError) as error:
            raise UsageError(f"tickets.template: {self.path}: {_line(error)}") from None


def template_of(path: Path | None) -> Template | None:
    """Read a template; raises UsageError where it is none, which a first ticket would show too."""
    if path is None:
        return None
    environment = ImmutableSandboxedEnvironment(
        undefined=StrictUndefined, autoescape=False, trim_blocks=True, lstrip_blocks=True
    )
    try:
        text = path.read_text(encoding="utf-8")
        if len(text) > _LARGEST:
            raise UsageError(f"tickets.template: {path} is longer than {_LARGEST} characters")
        found = Template(path, environment.from_string(text))
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"tickets.template: {path} cannot be read: {_line(error)}") from None
    except TemplateError as error:
        place = getattr(error, "lineno", None)
        where = f"{path}, line {place}" if place else str(path)
        raise UsageError(f"tickets.template: {where}: {_line(error)}") from None
    found.written({}, NO_FACTS)  # what it names wrongly shows now, and not in a pass
    return found


NO_FACTS: Final[Mapping[str, Any]] = {
    "team": "",
    "action": "rebuild",
    "base": "",
    "target": "",
    "digest": "",
    "streams": 0,
    "to_do": 0,
    "exposures": 0,
    "exposure_days_per_week": 0,
    "is_done": False,
}


def _line(error: BaseException) -> str:
    return " ".join(str(error).split())[:300]
