"""Transitions of a workflow: which one closes an issue, and which one opens it again."""

from __future__ import annotations

from dataclasses import dataclass

from watcher.adapters.issues import Read, Wire, document
from watcher.domain.errors import PermanentError


@dataclass(frozen=True, slots=True)
class Workflow:
    """Names of transitions or of the states they lead to; None: whichever leads there."""

    closing: str | None = None
    opening: str | None = None


def transition(wire: Wire, issue: str, workflow: Workflow, *, to_open: bool) -> str:
    """The number of the transition to take; raises PermanentError where none is offered."""
    answer = wire.outside(f"{issue}/transitions")
    offered = [Read(answer, one) for one in Read(answer, document(answer)).items("transitions")]
    wanted = workflow.opening if to_open else workflow.closing
    fitting = [one for one in offered if _leads(one, wanted, to_open=to_open)]
    if not fitting:
        names = ", ".join(one.text("name") for one in offered) or "none"
        key = "reopened" if to_open else "closed"
        aim = wanted or ("an open state" if to_open else "a state that is done")
        raise PermanentError(
            f"{answer.asked}: no transition leads to {aim}; offered are {names}: name one in the "
            f"tracker's {key}"
        )
    # Back to the beginning rather than half way.
    first = next((one for one in fitting if _category(one) == "new"), fitting[0])
    return first.text("id")


def _leads(one: Read, wanted: str | None, *, to_open: bool) -> bool:
    if wanted is None:
        return (_category(one) != "done") == to_open
    state = one.inner("to")
    names = {one.text("name"), state.maybe("name") if state is not None else ""}
    return wanted.casefold() in {name.casefold() for name in names}


def _category(one: Read) -> str:
    state = one.inner("to")
    category = state.inner("statusCategory") if state is not None else None
    return category.maybe("key") if category is not None else ""
