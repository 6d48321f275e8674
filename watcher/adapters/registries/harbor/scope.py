"""Which projects a selection can concern: a repository's path begins with its project."""

from __future__ import annotations

from dataclasses import dataclass

from watcher.domain.errors import UsageError
from watcher.domain.pattern import Pattern, Selection
from watcher.domain.reference import is_repository_path


def project_of(path: str) -> str:
    """The project that a repository is in."""
    return path.partition("/")[0]


@dataclass(frozen=True, slots=True)
class Scope:
    """A selection as it bears on Harbor.

    `repositories` are included by their names, `projects` are named by an include that has its
    wildcard later; where `open`, any other project may be concerned too.
    """

    selection: Selection
    repositories: tuple[str, ...]
    projects: tuple[str, ...]
    open: bool

    @classmethod
    def of(cls, name: str, selection: Selection) -> Scope:
        """Read a selection; raises UsageError for an include that names no repository.

        `name` is the registry's, for errors.
        """
        literals = [one.text for one in selection.include if one.literal]
        for path in literals:
            if "/" not in path or not is_repository_path(path):
                raise UsageError(
                    f"registry {name}: include {path!r} is no repository of Harbor, such as"
                    " project/name"
                )
        heads = [project_of(one.text) for one in selection.include if _in_projects(one)]
        return cls(
            selection,
            tuple(sorted({path for path in literals if selection.holds(path)})),
            tuple(sorted({head for head in heads if Pattern(head).literal})),
            open=not all(Pattern(head).literal for head in heads),
        )

    def concerns(self, project: str) -> bool:
        """Tell whether a repository of the project may be included by a wildcard."""
        included = any(
            "**" in project_of(one.text) or Pattern(project_of(one.text)).matches(project)
            for one in self.selection.include
            if _in_projects(one)
        )
        return included and not any(
            one.text == "**" or (head and rest == "**" and Pattern(head).matches(project))
            for one in self.selection.exclude
            for head, _, rest in [one.text.partition("/")]
        )


def _in_projects(pattern: Pattern) -> bool:
    """Whether the pattern has a wildcard and can match what has a slash in it."""
    return not pattern.literal and ("/" in pattern.text or "**" in pattern.text)
