"""The fold: bindings and matches, intersected to episodes of exposure, each with its evidence.

An episode of (stream, platform, vulnerability) is a maximal interval in which some package of the
bound image matches. The fold is pure: the same facts give the same episodes in whatever order they
arrived. A binding whose image is not known, catalogued and matched proves nothing: what was open
before it stays open until the next evidence.
"""

from watcher.domain.exposure.episode import (
    Cause,
    Content,
    Episode,
    Excused,
    Held,
    is_flap,
    resumes,
)
from watcher.domain.exposure.folding import fold
from watcher.domain.exposure.presuming import presumed

__all__ = [
    "Cause",
    "Content",
    "Episode",
    "Excused",
    "Held",
    "fold",
    "is_flap",
    "presumed",
    "resumes",
]
