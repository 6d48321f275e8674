"""The bases of images of which it is known what they are built on: no wrong word of the surest."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import Engine

from tests.fakes.registry import FakeRegistry
from tests.integration.bases.recipes import BASES, HOST, START, Made, every, named
from watcher.adapters.store.attestations import SqlAttestations
from watcher.adapters.store.bumps import SqlBumps
from watcher.adapters.store.inventory import SqlInventory
from watcher.adapters.store.lineages import SqlLineages
from watcher.adapters.store.passes import SqlPasses
from watcher.adapters.store.views import SqlViews
from watcher.domain.reference import Repository
from watcher.ports.store.passes import PassRecord, Snapshot
from watcher.ports.store.views import ImageBase
from watcher.report.dues import DEFAULT_JUDGE
from watcher.services.bump import BumpStage, Planner, Planning
from watcher.services.inventory import InventoryStage
from watcher.services.streams import StreamStage

SUREST = ("layers+annotation", "layers")


def is_base(one: Repository) -> bool:
    return one.path.startswith("base/")


class Watch:
    """Takes the inventory of a registry in memory, and looks for bases."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.registry = FakeRegistry(HOST)

    def look(self, day: float) -> PassRecord:
        """Make a pass on a day."""
        at = START + timedelta(days=day)
        store, passes = SqlInventory(self.engine), SqlPasses(self.engine)
        this = passes.begin(at, at, ["inventory"], Snapshot("0" * 64, "{}"))
        with ThreadPoolExecutor(2) as executor:
            listed = InventoryStage([self.registry], lambda _: True, store, executor).take(this)
            passes.cover(this, "inventory", listed.covered, listed.tried)
            viewed = StreamStage(
                {HOST: self.registry}, [], is_base, store, SqlAttestations(self.engine), executor
            ).take(this, listed.changed, rules_changed=False)
        assert [*listed.failures, *viewed.failures] == []
        lineages, bumps = SqlLineages(self.engine), SqlBumps(self.engine)
        planning = Planning(lambda _: None, str, "HIGH", lambda: DEFAULT_JUDGE)
        BumpStage(lineages, bumps, Planner(lineages, bumps, planning)).identify(this)
        passes.finish(this, "complete", {})
        return this

    def bases(self, this: PassRecord) -> dict[tuple[str, str], ImageBase | None]:
        """What images are said to be built on, by repository and digest."""
        return {
            (one.repository.path, one.digest): one.base
            for one in SqlViews(self.engine).images(this.number)
        }


@pytest.fixture
def watch(sqlite_url: str, opening: Callable[[str], Engine]) -> Watch:
    return Watch(opening(sqlite_url))


def pushed(watch: Watch, made: list[Made]) -> dict[tuple[str, str], ImageBase | None]:
    for repository, tag, content in named(BASES):
        watch.registry.push(repository, tag, content)
    watch.look(10)
    for one in made:
        watch.registry.push(one.repository, one.tag, one.content or one.image)
    return watch.bases(watch.look(30))


def test_what_is_said_of_the_surest_grades_is_always_true(watch: Watch) -> None:
    made = every()
    found = pushed(watch, made)
    said = [(one, found[one.repository, one.image.digest]) for one in made]
    graded = [(one, base) for one, base in said if base is not None and base.grade is not None]
    wrong = [
        (one.kind, one.repository, base.grade, base.evidence)
        for one, base in graded
        if base.grade in SUREST and base.digest != one.truth
    ]
    based = [one for one in made if one.truth is not None]
    right = [one for one, base in graded if base.digest == one.truth]
    surely = [one for one, base in graded if base.grade in SUREST]
    by_grade = Counter(base.grade for _, base in graded)
    print(  # noqa: T201
        f"{len(made)} images, {len(based)} of them on a base; found {len(right)} of those, a recall"
        f" of {len(right) / len(based):.3f}; {len(surely)} of the surest grades, of these wrong:"
        f" {len(wrong)}; by grade: {dict(by_grade)}"
    )
    print("not found:", sorted({one.kind for one in based} - {one.kind for one in right}))  # noqa: T201
    assert wrong == []
    assert len(made) >= 60
    assert len(right) / len(based) > 0.8


def test_a_squashed_image_is_of_no_sure_grade_and_of_none_by_a_label(watch: Watch) -> None:
    made = [one for one in every() if one.kind.startswith("squashed")]
    found = pushed(watch, made)
    grades = {one.kind: found[one.repository, one.image.digest] for one in made}
    assert grades["squashed"] is None
    annotated, labelled = grades["squashed annotated"], grades["squashed labelled"]
    assert annotated is not None
    assert annotated.grade == "annotation"
    assert "as if squashed" in annotated.evidence
    assert labelled is not None
    assert labelled.grade is None
    assert "the label names" in labelled.evidence


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        ("annotated", "annotation org.opencontainers.image.base.digest, confirmed by the layers"),
        ("named", "annotation org.opencontainers.image.base.name, confirmed by the layers"),
        ("inherited labels", "on which that base is built itself"),
        ("annotated child", "an image of your own"),
        ("two stages", "its provenance lists it as one of 2 images that the build used"),
        ("final told", "its first 2 are those of"),
        ("one stage", "its provenance lists one image alone"),
        ("two stages to nothing", "no layers show the final one"),
        ("buildpacks", "the metadata of its buildpacks, confirmed by the layers"),
        ("unseen run image", "whose last layer is its layer 2"),
        ("patched", "Copacetic patched it"),
        ("metadata only", "all its layers are those of"),
        ("false annotation", "and is not believed"),
    ],
)
def test_the_evidence_is_said(watch: Watch, kind: str, said: str) -> None:
    made = every()
    found = pushed(watch, made)
    one = next(one for one in made if one.kind == kind)
    base = found[one.repository, one.image.digest]
    assert base is not None
    assert said in base.evidence
