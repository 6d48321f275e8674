"""A component's name is the package's own, letter by letter."""

from __future__ import annotations

import pytest

from watcher.adapters.scanners.trivy.component import os_component
from watcher.domain.package import Package


@pytest.mark.parametrize("name", ["LibSSL", "x+y", "@scope/Name", "perl-Foo::Bar", "é"])
def test_the_name_is_written_exactly(name: str) -> None:
    package = Package("redhat 9", "1", name, "1", {"version": "1"})
    assert os_component("0", "rpm", package)["name"] == name
