"""Packages by the names that people call them."""

from __future__ import annotations

import pytest

from watcher.web.purls import shown


@pytest.mark.parametrize(
    ("purl", "name", "version"),
    [
        (
            "pkg:deb/debian/libcurl4@7.88.1-10%2Bdeb12u14?arch=amd64",
            "libcurl4",
            "7.88.1-10+deb12u14",
        ),
        ("pkg:deb/debian/login@4.13?epoch=1", "login", "1:4.13"),
        ("pkg:npm/%40scope/name@1.0.0", "@scope/name", "1.0.0"),
        ("pkg:maven/org.apache/log4j@2.14.1", "org.apache:log4j", "2.14.1"),
        ("pkg:golang/golang.org/x/net@v0.1.0", "golang.org/x/net", "v0.1.0"),
        ("pkg:pypi/jinja2", "jinja2", ""),
        ("<b>none", "<b>none", ""),
    ],
)
def test_a_package_is_called_by_its_name(purl: str, name: str, version: str) -> None:
    assert shown(purl) == (name, version)
