"""Random histories, in the words of `timelines.yaml`: small, and full of trouble."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

Step = dict[str, Any]
History = dict[str, Any]

PACKAGES = ["p1", "p2", "p3"]
VULNERABILITIES = ["V", "W", "GHSA-1", "CVE-1", "CVE-2"]
ALIKE = [["V", "W"], ["CVE-1", "CVE-2"]]  # may change names: what kind of id it is means something
ADVISORIES = [[], ["CVE-1"], ["CVE-1"], ["CVE-2"], ["CVE-1", "CVE-2"]]  # what GHSA-1 may be
IMAGES = ["A", "B", "C", "D"]
TAGS = {None: ["t", "u"], "version": ["1.0.0", "1.0.1", "1.1.0-rc1", "2.0.0"]}
GAPS = [0.25, 1, 1, 3]
LONG = 40  # days, after which an image that nothing points to is no longer matched
SELDOM, OFTEN = 8, 3

seldom = st.integers(1, SELDOM).map(lambda one: one == 1)
often = st.integers(1, OFTEN).map(lambda one: one == 1)


@st.composite
def worlds(draw: st.DrawFn) -> History:
    """Images and rules, before anything happens."""
    contents = st.lists(st.sampled_from(PACKAGES), unique=True, max_size=2)
    images = {
        name: {
            "packages": draw(contents),
            "arm": draw(st.none() | st.none() | contents),
            "created": draw(st.sampled_from([None, -20, -2.5])),
        }
        for name in IMAGES
    }
    dates = st.sampled_from([None, None, -30, 1.5, 4])
    published = {name: draw(dates) for name in VULNERABILITIES}
    return {
        "images": images,
        "streams": draw(st.sampled_from([None, "version"])),
        "published": {name: when for name, when in published.items() if when is not None},
        "passes": [],
    }


@st.composite
def steps(draw: st.DrawFn, world: History, most: int, *more_gaps: float) -> list[Step]:
    """Passes in which nothing fails: tags move, some with push times, and knowledge changes."""
    tags = TAGS[world["streams"]]
    told: list[Step] = []
    at: float = 0
    truth: dict[str, str] = {}
    pushed: dict[str, float] = {}
    for number in range(draw(st.integers(2, most))):
        at += draw(st.sampled_from([*GAPS, *more_gaps])) if number else 0
        for tag in tags:
            if not number or draw(often):
                _change(draw, tag, at, truth, pushed)
        step: Step = {"at": at, "truth": dict(truth), "pushed": dict(pushed)}
        if told and at == told[-1]["at"]:
            pass  # two passes at one time: the second finds the same knowledge
        elif not number or draw(often):
            back = draw(st.sampled_from([0, 0.2, 2]))
            step["knowledge"] = {"effective": at - back, "matches": draw(beliefs())}
        elif draw(seldom):
            step["knowledge"] = {"effective": at, "matches": draw(beliefs())}
            step["trivy"] = "upgraded"
        if "knowledge" in step and draw(often):
            step["aliases"] = {"GHSA-1": draw(st.sampled_from(ADVISORIES))}
        if draw(often):
            step["vex"] = draw(statements(at))
        told.append({**step, "tags": step["truth"]})
    return told


@st.composite
def statements(draw: st.DrawFn, at: float) -> dict[str, Step]:
    """What a feed states, by vulnerability."""
    names = st.lists(st.sampled_from(VULNERABILITIES), unique=True, max_size=2)
    status = st.sampled_from(["not_affected", "not_affected", "affected", "fixed"])
    when = st.sampled_from([at - 2, at, at + 1])
    return {name: {"status": draw(status), "stated": draw(when)} for name in draw(names)}


@st.composite
def beliefs(draw: st.DrawFn) -> dict[str, list[str]]:
    """What a version of knowledge says: vulnerabilities by package."""
    found = st.lists(st.sampled_from(VULNERABILITIES), unique=True)
    return {package: draw(found) for package in PACKAGES}


@st.composite
def storms(draw: st.DrawFn, world: History, step: Step) -> Step:
    """The same step, with some of everything that can fail failing."""
    trouble: Step = {}
    if draw(seldom):
        trouble["tags"] = "failed"
    if draw(seldom):
        trouble["knowledge"] = "failed"
    if draw(seldom):
        trouble["match"] = "failed"
    if draw(seldom):
        trouble["vex"] = "failed"
    names = st.lists(st.sampled_from(IMAGES), max_size=2, unique=True)
    tags = TAGS[world["streams"]]
    repositories = ["shared"] if world["streams"] else tags
    for kind, some in (
        ("uncatalogued", names),
        ("unresolved", names),
        ("broken", st.lists(st.sampled_from(tags), max_size=1)),
        ("unlisted", st.lists(st.sampled_from(repositories), max_size=1)),
    ):
        if draw(seldom):
            trouble[kind] = draw(some)
    if not world["streams"] and draw(seldom):
        trouble["include"] = draw(st.sampled_from([["**"], ["t"], []]))
    return {**step, **trouble}


@st.composite
def histories(draw: st.DrawFn, most: int = 8) -> History:
    """A whole history in which anything may fail but the first pass."""
    world = draw(worlds())
    first, *others = draw(steps(world, most, LONG, 0))
    passes = [first, *(draw(storms(world, step)) for step in others)]
    return {**world, "passes": passes}


def every_tag_shown(step: Step, world: History) -> Step:
    """The same step with an image under every tag, so that every repository is there."""
    truth = dict.fromkeys(TAGS[world["streams"]], IMAGES[0]) | step["truth"]
    return {**step, "truth": truth, "tags": truth}


def renamed(history: History, names: dict[str, str]) -> History:
    """The same history with other names for tags, images, packages and vulnerabilities."""

    def called(told: object) -> Any:  # noqa: ANN401 - whatever YAML may hold
        if isinstance(told, dict):
            # In the order of the new names, as a registry or a database would give them.
            return {called(key): called(value) for key, value in sorted(told.items(), reverse=True)}
        if isinstance(told, list):
            return [called(one) for one in told]
        return names.get(told, told) if isinstance(told, str) else told

    again = {**history, "images": called(history["images"])}
    again["published"] = called(history["published"])
    again["passes"] = [called(step) for step in history["passes"]]
    return again


def quiet(step: Step, at: float) -> Step:
    """A step in which nothing happens any more, and nothing fails."""
    truth = step["truth"]
    return {"at": at, "truth": truth, "tags": truth, "pushed": step["pushed"], "include": ["**"]}


def _change(
    draw: st.DrawFn, tag: str, at: float, truth: dict[str, str], pushed: dict[str, float]
) -> None:
    pushed.pop(tag, None)
    image = draw(st.sampled_from([*IMAGES, None]))
    if image is None:
        truth.pop(tag, None)
        return
    truth[tag] = image
    when = draw(st.sampled_from([None, None, at - 0.1, at - 2, at - 30, at + 3]))
    if when is not None:
        pushed[tag] = when
