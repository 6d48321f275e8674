"""The image, built once from the Dockerfile over bases that a local registry serves."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pytest

from tests.integration.containers.bases import python_base, trivy_base
from tests.integration.containers.buildah import Buildah
from watcher.demo.workshop import Registry

ROOT: Final = Path(__file__).resolve().parents[3]
REVISION: Final = "0123456789abcdef0123456789abcdef01234567"


@dataclass(frozen=True, slots=True)
class Built:
    """The image, by its name in buildah's storage, and what it was built from."""

    buildah: Buildah
    name: str
    base: str
    digest: str


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Built]:
    """Takes some minutes: every package is fetched and installed as it is in the real build."""
    if os.geteuid() != 0:
        pytest.skip("building without root needs subordinate ids, which are the machine's to give")
    folder = tmp_path_factory.mktemp("image")
    buildah = Buildah(folder / "storage").prepare()
    with Registry(folder / "registry") as registry:
        # How this machine reaches packages, as an image of an organisation would know it.
        told = {
            name: text for name, text in os.environ.items() if name in {"PIP_INDEX_URL", "PIP_CERT"}
        }
        bases = {
            "python": python_base(folder / "python", told),
            "trivy": trivy_base(folder / "trivy"),
        }
        by_digest = {}
        for name, context in bases.items():
            buildah.build(context, name, file=context / "Dockerfile", arguments={})
            tag = f"{registry.host}/{name}:1"
            digest = buildah.push(name, tag)
            by_digest[name] = f"{registry.host}/{name}@{digest}"
            shutil.rmtree(context)
        digest = by_digest["python"].partition("@")[2]
        arguments = {
            "BASE": by_digest["python"],
            "BASE_DIGEST": digest,
            "TRIVY": by_digest["trivy"],
            "REVISION": REVISION,
        }
        buildah.build(ROOT, "watcher", file=ROOT / "Dockerfile", arguments=arguments)
        yield Built(buildah, "watcher", by_digest["python"], digest)
    shutil.rmtree(folder, ignore_errors=True)
