"""What a person who searches means, and what cannot be meant."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watcher.domain.errors import UsageError
from watcher.ports.store.views import ListedPackage
from watcher.report.search import parse_search

OPENSSL = ListedPackage(
    "openssl", "1:3.0.11-1~deb12u2", "pkg:deb/debian/openssl@3.0.11-1~deb12u2?arch=amd64&epoch=1"
)
JAR = ListedPackage(
    "org.apache.logging:log4j-core", "2.14.1", "pkg:maven/org.apache.logging/log4j-core@2.14.1"
)
BROKEN = ListedPackage("openssl", "1", "no purl at all")


@pytest.mark.parametrize(
    "text",
    [
        "openssl",
        "OPENSSL",
        "  openssl ",
        "ssl",
        "openssl@1:3.0.11-1~deb12u2",
        "openssl@3.0.11-1~deb12u2",
        "OpenSSL@3.0.11-1~deb12u2",
        "pkg:deb/debian/openssl",
        "PKG:deb/debian/openssl",
        "pkg:deb/debian/openssl@3.0.11-1~deb12u2",
        "pkg:deb/debian/openssl@3.0.11-1%7Edeb12u2",
        "pkg:deb/debian/openssl?arch=amd64",
    ],
)
def test_a_package_is_meant_by_any_of_its_names(text: str) -> None:
    search = parse_search(text)
    assert search.accepts(OPENSSL)
    assert search.fragment.lower() in OPENSSL.name
    assert not search.accepts(JAR)


@pytest.mark.parametrize(
    "text",
    [
        "open ssl",
        "openssl@3.0.11",
        "ssl@3.0.11-1~deb12u2",
        "openssl@",
        "pkg:deb/debian/openssl@3.0.12",
        "pkg:deb/debian/openssl?arch=arm64",
        "pkg:deb/openssl",
        "pkg:rpm/debian/openssl",
        "pkg:deb/debian/openssl#sub",
    ],
)
def test_another_package_is_not_meant(text: str) -> None:
    assert not parse_search(text).accepts(OPENSSL)


def test_the_name_of_a_jar_is_enough_without_its_group() -> None:
    assert parse_search("log4j-core@2.14.1").accepts(JAR)
    assert parse_search("org.apache.logging:log4j-core@2.14.1").accepts(JAR)
    assert not parse_search("core@2.14.1").accepts(JAR)


def test_a_package_with_a_broken_purl_is_found_by_its_name_alone() -> None:
    assert parse_search("openssl").accepts(BROKEN)
    assert not parse_search("pkg:deb/debian/openssl").accepts(BROKEN)


@pytest.mark.parametrize(
    "text", ["", "  ", "a\x00b", "a\nb", "\u202ea", "x" * 513, "pkg:", "pkg:deb"]
)
def test_what_can_mean_nothing_is_wrong_usage(text: str) -> None:
    with pytest.raises(UsageError):
        parse_search(text)


@given(st.text(max_size=60))
def test_any_text_is_a_search_or_wrong_usage(text: str) -> None:
    try:
        search = parse_search(text)
    except UsageError as error:
        assert len(str(error).splitlines()) == 1  # noqa: PT017 - either outcome is right
        return
    assert search.vulnerability == text.strip()
    search.accepts(OPENSSL)
