"""Images really rebuilt on newer bases, and scanned in full by Trivy itself."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from tests.acceptance.season.played import Prediction
from watcher.demo.workshop import Image, Job, Registry, push_all
from watcher.demo.workshop.locate import find_tool

_REPOSITORY = "rebuilt/image"
_QUIET = (
    "--image-src=remote",
    "--insecure",
    "--cache-backend=memory",
    "--skip-db-update",
    "--skip-java-db-update",
    "--offline-scan",
    "--skip-version-check",
    "--disable-telemetry",
    "--no-progress",
    "--scanners=vuln",
    "--format=json",
    "--quiet",
)


Scan = tuple[str, str]  # an image's digest, and that of the database it is scanned with


@dataclass(frozen=True, slots=True)
class Compared:
    """How many predictions were compared with how many scans; where they differ, and in what."""

    predictions: int
    scans: int
    wrong: Mapping[Prediction, list[str]]


def compared(
    told: Iterable[Prediction], images: Mapping[str, Image], folder: Path, knowledge: Path
) -> Compared:
    """Rebuild and scan what was predicted; `images` are all there are, by their digests."""
    moved = {
        one: rebuilt(images[one.image], images[one.base], images[one.candidate]) for one in told
    }
    scans = {(image.digest, one.database): image for one, image in moved.items()}
    found = vulnerabilities(scans, folder, knowledge)
    wrong = {
        one: sorted(one.vulnerabilities ^ found[image.digest, one.database])
        for one, image in moved.items()
        if one.vulnerabilities != found[image.digest, one.database]
    }
    print(f"{len(moved)} predictions compared with {len(scans)} full scans")  # noqa: T201
    return Compared(len(moved), len(scans), wrong)


def rebuilt(image: Image, base: Image, candidate: Image) -> Image:
    """The image's own layers over another base; the same layers are the same image."""
    count = len(base.layers)
    assert image.layers[:count] == base.layers, "the image does not stand on this base"
    return Image((*candidate.layers, *image.layers[count:]), platform=image.platform)


def vulnerabilities(
    wanted: Mapping[Scan, Image], folder: Path, knowledge: Path
) -> dict[Scan, frozenset[str]]:
    """What Trivy finds in each image, four at a time; `knowledge` holds the databases."""
    images = {one.digest: one for one in wanted.values()}
    with Registry(folder / "registry") as registry, ThreadPoolExecutor(4) as executor:
        push_all(
            registry.url, [Job(_REPOSITORY, digest[7:], one) for digest, one in images.items()]
        )
        place = f"{registry.host}/{_REPOSITORY}"
        found = executor.map(lambda one: scanned(f"{place}@{one[0]}", one[1], knowledge), wanted)
        return dict(zip(wanted, found, strict=True))


def scanned(reference: str, database: str, knowledge: Path) -> frozenset[str]:
    """What Trivy finds in an image, in full."""
    cache = knowledge / database.removeprefix("sha256:")
    command: list[str | Path] = [
        find_tool("trivy"),
        "image",
        "--cache-dir",
        cache,
        *_QUIET,
        reference,
    ]
    ran = subprocess.run(command, capture_output=True, check=True, timeout=120)
    report = json.loads(ran.stdout)
    assert report["ArtifactName"] == reference
    return frozenset(
        finding["VulnerabilityID"]
        for result in report.get("Results", [])
        for finding in result.get("Vulnerabilities", [])
    )
