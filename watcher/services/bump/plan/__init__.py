"""Plans of bumps: one for each team and lineage of a base, drawn from the proofs of its streams.

Read it from `planner` on: it reads the record into a `scene`; a `subject` is what a plan is about;
`drawing` makes the plan, of the `lines` of its checklist, the `findings` that the move ends, leaves
and brings, and what it tells `aside`.
"""

from __future__ import annotations

from watcher.services.bump.plan.planner import Planner
from watcher.services.bump.plan.scene import Planning

__all__ = ["Planner", "Planning"]
