"""Images made by recipes, each with the base that it is really built on, or none."""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from watcher.demo.workshop import Image, Index, Layer, Material, layer
from watcher.demo.workshop.blobs import digest_of
from watcher.demo.workshop.image import BASE_DIGEST, BASE_NAME
from watcher.demo.workshop.layers.archive import tar

START = datetime(2026, 1, 1, tzinfo=UTC)
HOST = "local"  # how the registry's references begin
BUILDPACKS = "io.buildpacks.lifecycle.metadata"
COPACETIC = "BaseImage"


@dataclass(frozen=True, slots=True)
class Made:
    """An image in a repository, and the digest of what it is built on as far as that was seen.

    `kind` is what it is an example of.
    """

    kind: str
    repository: str
    image: Image
    truth: str | None
    content: Image | Index | None = None  # where it is pushed inside of an index
    tag: str = "latest"


def own(name: str) -> Layer:
    """A layer that nothing else has."""
    return layer({f"app/{name}": name})


def on(
    base: Image | None,
    *layers: Layer,
    day: float = 20,
    labels: Mapping[str, str] | None = None,
    annotations: Mapping[str, str] | None = None,
) -> Image:
    """An image on another one, with the labels of that as builders hand them on."""
    below = base.layers if base else ()
    return Image(
        (*below, *layers),
        created=START + timedelta(days=day),
        labels={**(base.labels if base else {}), **(labels or {})},
        annotations=annotations or {},
    )


def says(base: Image, name: str | None = None) -> dict[str, str]:
    """The annotations, or labels, of an image that says what it is built on."""
    return {BASE_DIGEST: base.digest, **({BASE_NAME: f"{HOST}/{name}"} if name else {})}


def recompressed(image: Image) -> Image:
    """The same archives in other bytes, as a mirror or another builder stores them."""
    return replace(image, layers=[_again(one) for one in image.layers])


def _again(one: Layer) -> Layer:
    bare = zlib.decompress(one.content, 31)
    packer = zlib.compressobj(1, zlib.DEFLATED, 31)
    content = packer.compress(bare) + packer.flush()
    return replace(one, content=content, digest=digest_of(content))


def squashed(name: str, **told: Any) -> Image:  # noqa: ANN401 what `on` takes
    """All of an image in one layer."""
    return on(None, own(f"everything of {name}"), **told)


# The bases of the house, old and new; `python` stands on an image that nobody ever pushed.
OS = layer({"etc/os-release": "debian"})
DEBIAN = Image([OS, own("debian tools")], created=START)
DEBIAN_NEW = Image([layer({"etc/os-release": "debian 2"})], created=START + timedelta(days=9))
PYTHON = Image([OS, own("python"), own("pip")], created=START + timedelta(days=1))
PYTHON_DEV = on(PYTHON, own("headers"), day=2)
NODE = Image([own("node os"), own("node")], created=START)
ALPINE = Image([own("alpine")], created=START)
GOLANG = Image([own("go os"), own("go")], created=START)
EMPTY = Image([Layer(b"", digest_of(tar({})), digest_of(tar({})), "")], created=START)
RUN = Image([own("run os"), own("run")], created=START)
PATCHED = on(PYTHON, own("patches"), day=3, labels={COPACETIC: f"{HOST}/base/python:3.12"})
TWIN = replace(NODE, created=START + timedelta(days=2))  # the same layers under another digest
UNSEEN = Image([own("unseen os"), own("unseen")], created=START)  # nobody ever pushed it
BASES: Mapping[str, Image | Index] = {
    "base/debian:12": DEBIAN,
    "base/python:3.12": PYTHON,
    "base/python:3.12-dev": PYTHON_DEV,
    "base/python:3.12-patched": PATCHED,
    "base/node:22": NODE,
    "base/alpine:3.20": ALPINE,
    "base/golang:1.26": GOLANG,
    "base/run:jammy": RUN,
    "base/twin:1": TWIN,
    "base/many:1": Index([Image([own("many")], created=START)]),
}
COMMON = {"debian": ("base/debian:12", DEBIAN), "python": ("base/python:3.12", PYTHON)}
COMMON |= {"alpine": ("base/alpine:3.20", ALPINE), "golang": ("base/golang:1.26", GOLANG)}


def usual() -> Iterator[Made]:
    """What images do on most bases."""
    for name, (reference, base) in COMMON.items():
        said = says(base, reference)
        other = says(NODE, "base/node:22")

        def made(kind: str, image: Image, truth: Image = base, name: str = name) -> Made:
            return Made(kind, f"{name}/{kind.replace(' ', '-')}", image, truth.digest)

        def app(number: int, name: str = name) -> Layer:
            return own(f"{number} on {name}")

        yield made("plain", on(base, app(0)))
        yield made("annotated", on(base, app(1), annotations=said))
        yield made("named", on(base, app(2), annotations={BASE_NAME: f"{HOST}/{reference}"}))
        yield made("labelled", on(base, app(3), labels=said))
        yield made("recompressed", recompressed(on(base, app(4))))
        yield made("recompressed annotated", recompressed(on(base, app(5), annotations=said)))
        yield made("false annotation", on(base, app(6), annotations=other))
        yield made("unknown annotation", on(base, app(7), annotations=says(UNSEEN)))
        yield made("metadata only", on(base, labels={"maintainer": name}))
        yield made("squashed", squashed(name))
        yield made("squashed annotated", squashed(f"{name} told", annotations=said))
        yield made("squashed labelled", squashed(f"{name} labelled", labels=said))


def attested() -> Iterator[Made]:
    """What builders attest: all stages' images, or which one was final."""
    used = [Material("golang:1.26", GOLANG.digest), Material("debian:12", DEBIAN.digest)]

    def made(kind: str, image: Image, truth: Image | None, *used: Material) -> Made:
        index = Index([image], attested=True, materials=used)
        digest = truth.digest if truth else None
        return Made(kind, f"attested/{kind.replace(' ', '-')}", image, digest, index)

    yield made("two stages", on(DEBIAN, own("binary")), DEBIAN, *used)
    yield made("two stages to nothing", on(None, own("static binary")), None, *used)
    frontend = Material("docker/dockerfile:1", ALPINE.digest)
    yield made("one stage", on(UNSEEN, own("b")), UNSEEN, Material("x:1", UNSEEN.digest), frontend)
    told = Material("unseen:1", UNSEEN.digest, [one.digest for one in UNSEEN.layers])
    image = on(UNSEEN, own("final"))
    yield made("final told", image, UNSEEN, used[0], told)
    parts = (used[0], Material("unseen:1", UNSEEN.digest))
    yield made("final not told", on(UNSEEN, own("not told")), UNSEEN, *parts)
    yield made("builder alone", on(None, own("c")), None, Material("golang:1.26", GOLANG.digest))


def lifecycle(run: Image, reference: str, *, top: str | None = None) -> dict[str, str]:
    """The label of an image that buildpacks built on a run image."""
    told = {"topLayer": top or run.layers[-1].diff_id, "reference": f"{reference}@{run.digest}"}
    return {BUILDPACKS: json.dumps({"runImage": {**told, "image": f"{reference}:jammy"}})}


def built_by_others() -> Iterator[Made]:
    """Buildpacks and Copacetic."""
    labels = lifecycle(RUN, f"{HOST}/base/run")
    app = on(RUN, own("pack"), labels=labels)
    yield Made("buildpacks", "pack/app", app, RUN.digest)
    yield Made("child of buildpacks", "pack/child", on(app, own("more"), day=21), app.digest)
    unseen = lifecycle(UNSEEN, "registry.example/run")
    yield Made(
        "unseen run image", "pack/unseen", on(UNSEEN, own("p"), labels=unseen), UNSEEN.digest
    )
    forged = lifecycle(RUN, f"{HOST}/base/run", top=GOLANG.layers[0].diff_id)
    yield Made("forged buildpacks", "pack/forged", on(NODE, own("f"), labels=forged), TWIN.digest)
    api = on(PYTHON, own("copa api"))
    yield Made("before its patch", "copa/api", api, PYTHON.digest)
    patch = on(api, own("apt upgrade"), day=22, labels={COPACETIC: f"{HOST}/copa/api:latest"})
    yield Made("patched", "copa/api", patch, PYTHON.digest, tag="latest-patched")
    yield Made("patched elsewhere", "copa/mended", patch, PYTHON.digest)
    yield Made("on a patched base", "copa/web", on(PATCHED, own("web")), PATCHED.digest)


def families() -> Iterator[Made]:
    """Images of the organisation that others are built on, and some that only look so."""
    for number, (reference, base) in enumerate(COMMON.values()):
        parent = on(base, own(f"parent {number}"), labels=says(base, reference))
        yield Made("parent", f"family/parent{number}", parent, base.digest)
        child = on(parent, own(f"child {number}"), day=25)
        yield Made("inherited labels", f"family/child{number}", child, parent.digest)
        told = on(parent, own(f"told {number}"), day=25, annotations=says(parent))
        yield Made("annotated child", f"family/told{number}", told, parent.digest)
        deeper = on(child, own(f"grandchild {number}"), day=26)
        yield Made("grandchild", f"family/deep{number}", deeper, child.digest)
    shared = own("shared by the build cache")
    yield Made("sibling", "cache/one", on(NODE, shared, own("one")), TWIN.digest)
    yield Made("sibling", "cache/two", on(NODE, shared, own("two")), TWIN.digest)
    cached = on(NODE, own("cached"))
    said = on(NODE, own("cached"), own("more"), annotations=says(NODE, "base/node:22"), day=22)
    yield Made("shares all layers", "cache/short", cached, TWIN.digest)
    yield Made("shares all layers and says otherwise", "cache/long", said, NODE.digest)
    first = on(DEBIAN, own("grows"))
    yield Made("first version", "grow/api", first, DEBIAN.digest, tag="1.0.0")
    yield Made(
        "next version", "grow/api", on(first, own("grown"), day=23), DEBIAN.digest, tag="2.0.0"
    )
    promoted = replace(on(ALPINE, own("promoted")), created=START + timedelta(days=23))
    yield Made("promoted", "stage/api", promoted, ALPINE.digest)
    again = replace(recompressed(promoted), labels={"stage": "production"})
    yield Made("copy of another", "production/api", again, ALPINE.digest)


def odd() -> Iterator[Made]:
    """What is built on nothing, or on nothing that was seen."""
    yield Made("scratch", "odd/scratch", on(None, own("alone")), None)
    told = on(None, own("alone too"), own("b"), labels=says(GOLANG, "base/golang:1.26"))
    yield Made("scratch with a label", "odd/copied", told, None)
    yield Made("empty layer first", "odd/empty", on(EMPTY, own("after nothing")), None)
    yield Made("layers in another order", "odd/order", on(None, *reversed(PYTHON.layers)), None)
    yield Made("part of a base", "odd/part", on(None, OS, own("else")), None)
    yield Made("unseen", "odd/unseen", on(UNSEEN, own("x")), UNSEEN.digest)
    yield Made(
        "unseen, told", "odd/told", on(UNSEEN, own("y"), annotations=says(UNSEEN)), UNSEEN.digest
    )
    arm = replace(on(DEBIAN, own("arm")), platform="linux/arm64")
    yield Made("another platform", "odd/arm", arm, None)
    deep = on(PYTHON_DEV, own("deep"), annotations=says(PYTHON, "base/python:3.12"))
    yield Made("annotation of an ancestor", "odd/ancestor", deep, PYTHON_DEV.digest)
    twin = on(NODE, own("which"), annotations=says(NODE, "base/node:22"))
    yield Made("one of two alike", "odd/twin", twin, NODE.digest)
    many = BASES["base/many:1"]
    assert isinstance(many, Index)
    inside = on(many.images[0], own("of many"), annotations={BASE_DIGEST: many.digest})
    yield Made("index annotated", "odd/many", inside, many.images[0].digest)


def every() -> list[Made]:
    """The whole set."""
    return [*usual(), *attested(), *built_by_others(), *families(), *odd()]


def named(bases: Mapping[str, Image | Index]) -> Sequence[tuple[str, str, Image | Index]]:
    """Bases by repository and tag."""
    return [(*name.split(":"), content) for name, content in bases.items()]  # type: ignore[misc]
