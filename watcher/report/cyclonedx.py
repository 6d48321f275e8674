"""An image's packages as CycloneDX 1.6 (JSON): what its catalogue lists, with where each lies."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Final
from uuid import UUID, uuid5

from cyclonedx.model import Property
from cyclonedx.model.bom import Bom
from cyclonedx.model.component import Component, ComponentType
from cyclonedx.output.json import JsonV1Dot6
from packageurl import PackageURL

from watcher import __version__
from watcher.ports.store.browsing import InstalledPackage, ShownImage

MEDIA_TYPE: Final = "application/vnd.cyclonedx+json; version=1.6"
_SPACE: Final = UUID("6d3bb1a8-0f3c-5d0e-9a57-6b1d2f6d9c11")  # of the serial numbers made here


def bom(
    repository: str, image: ShownImage, packages: Iterable[InstalledPackage], as_of: datetime
) -> str:
    """Write it down, the same text for the same catalogue and time.

    A package whose purl cannot be read is named by its name and version alone.
    """
    whole = Component(
        name=repository,
        version=image.digest,
        type=ComponentType.CONTAINER,
        bom_ref=f"{repository}@{image.digest}",
        properties=_properties(platform=image.platform, os=image.os, scanner=image.scanner),
    )
    made = Bom(serial_number=uuid5(_SPACE, f"{repository}@{image.digest} {image.scanner}"))
    made.metadata.timestamp = as_of
    made.metadata.component = whole
    made.metadata.tools.components.add(
        Component(name="watcher", version=__version__, type=ComponentType.APPLICATION)
    )
    listed = [_component(place, one) for place, one in enumerate(packages, 1)]
    made.components.update(listed)
    made.register_dependency(whole, listed)
    return JsonV1Dot6(made).output_as_string(indent=2) + "\n"


def _component(place: int, one: InstalledPackage) -> Component:
    return Component(
        name=one.name,
        version=one.version or None,
        type=ComponentType.LIBRARY,
        bom_ref=f"package-{place}",
        purl=_purl(one.purl),
        properties=_properties(path=one.path, layer=one.layer, left_out=one.left_out),
    )


def _purl(text: str) -> PackageURL | None:
    try:
        return PackageURL.from_string(text)
    except ValueError:
        return None


def _properties(**told: str | None) -> list[Property]:
    return [Property(name=f"watcher:{name}", value=value) for name, value in told.items() if value]
