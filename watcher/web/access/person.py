"""The one who asks, and what that one may see: known before any page is drawn."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Annotated, Final

from fastapi import Depends, HTTPException, Request

from watcher.domain.access import Grant, Role

STATE: Final = "person"  # where the door leaves the one who came through


@dataclass(frozen=True, slots=True)
class Person:
    """A person or a script by name; `csrf` proves that a form is ours, empty where none counts."""

    name: str
    grant: Grant
    csrf: str = field(default="", repr=False)

    @property
    def teams(self) -> frozenset[str] | None:
        """The teams whose streams are seen; None for every stream."""
        return self.grant.teams

    def may(self, role: str) -> bool:
        """Whether what a role may is allowed."""
        return self.grant.role.reaches(Role(role))


# Whoever is at this machine, where nobody has to sign in.
ANYBODY: Final = Person("", Grant(Role.VIEWER))


def person_of(request: Request) -> Person:
    """Who asks; a request that came past the door is a defect."""
    found = getattr(request.state, STATE, None)
    if not isinstance(found, Person):
        raise TypeError("a page was asked for without a person")
    return found


def operator_of(request: Request) -> Person:
    """Who asks, an operator at least."""
    return _at_least(request, Role.OPERATOR)


def admin_of(request: Request) -> Person:
    """Who asks, an admin."""
    return _at_least(request, Role.ADMIN)


def _at_least(request: Request, role: Role) -> Person:
    person = person_of(request)
    if not person.may(role):
        raise HTTPException(403, f"This is for those with the role {role.value}.")
    return person


Who = Annotated[Person, Depends(person_of)]
Operator = Annotated[Person, Depends(operator_of)]
Admin = Annotated[Person, Depends(admin_of)]
