"""Base images: which one an image is built from, by what evidence, and what a newer one changes.

Read it from the bottom up: `told` is what images say of themselves, `provenance` what their builder
says; `known` are the images that may be bases; `identity` weighs
layers against all of it, `said` what is left without them; `contents` and
`prediction` are about what a move changes.
"""

from __future__ import annotations

from watcher.domain.lineage.contents import Contents, Installed, Named, PackageSet, System
from watcher.domain.lineage.identity import identify
from watcher.domain.lineage.known import Bases, KnownBase, chains
from watcher.domain.lineage.prediction import Ground, Matching, Prediction, future, predict
from watcher.domain.lineage.provenance import PREDICATES, Material, Provenance, read_provenance
from watcher.domain.lineage.subject import BaseIdentity, Grade, Subject
from watcher.domain.lineage.told import BASE_DIGEST, BASE_NAME, Claim, RunImage, Told

__all__ = [
    "BASE_DIGEST",
    "BASE_NAME",
    "PREDICATES",
    "BaseIdentity",
    "Bases",
    "Claim",
    "Contents",
    "Grade",
    "Ground",
    "Installed",
    "KnownBase",
    "Matching",
    "Material",
    "Named",
    "PackageSet",
    "Prediction",
    "Provenance",
    "RunImage",
    "Subject",
    "System",
    "Told",
    "chains",
    "future",
    "identify",
    "predict",
    "read_provenance",
]
