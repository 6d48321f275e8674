"""Rules of contexts: what a match depends on beside the package."""

from __future__ import annotations

from mutations.rule import Rule, rule

_FILE = "watcher/adapters/scanners/trivy/contexts.py"
_LIST = "watcher/adapters/scanners/trivy/catalogue.py"
_SUPPLIERS = "watcher/adapters/scanners/trivy/suppliers.py"
_UNIT = "tests/unit/scanners/trivy/"
_CONTEXTS = f"{_UNIT}test_contexts.py"
_CATALOGUE = f"{_UNIT}test_catalogue.py"


def _context(says: str, words: str, instead: str) -> Rule:
    return rule(f"context: {says}", _FILE, words, instead, _CONTEXTS, _CATALOGUE)


CONTEXTS: tuple[Rule, ...] = (
    _context(
        "Debian, Red Hat and their like by the major version",
        'return name.partition(".")[0]',
        "return name",
    ),
    _context(
        "Alpine, Azure Linux and Mariner by major and minor",
        '".".join(name.split(".")[:2])',
        "name",
    ),
    _context(
        "Ubuntu, SLES, Leap and Photon by all of it",
        "_MINOR: Final = frozenset({",
        '_MINOR: Final = frozenset({"ubuntu", "sles", "photon", ',
    ),
    _context(
        "Ubuntu's extended maintenance is another one", "and system.extended else", "and False else"
    ),
    _context(
        "Amazon by 1, 2, 2022 or 2023",
        "return major if major in _AMAZON else",
        "return major if major else",
    ),
    _context("rolling systems by no version", "if family in _ROLLING:", "if family in ():"),
    _context(
        "Alpine by the release of its repositories",
        'if family == "alpine" and release:',
        'if family == "alpine" and not family:',
    ),
    rule(
        "context: where Alpine's log says nothing, that is an error and no guess",
        _LIST,
        "    if release is None:",
        "    if release is None and reading.log:",
        _CATALOGUE,
    ),
    rule(
        "context: Red Hat's builds apart, so that one unknown content set fails no other",
        _LIST,
        "reading.system.family in contexts.RED_HAT and build is not None",
        "reading.system.family in ()",
        _CATALOGUE,
    ),
    rule(
        "context: an image that a supplier rebuilt by itself",
        _LIST,
        'return f"{reading.supplier}:{reading.image}"',
        'return ""',
        _CATALOGUE,
        "tests/integration/kinds/test_suppliers.py",
    ),
    rule(
        "suppliers: one package of Root.io's switches the driver",
        _SUPPLIERS,
        'return "Root.io"',
        'return ""',
        f"{_UNIT}test_suppliers.py",
    ),
    rule(
        "suppliers: Root.io's versions are told by their ending",
        _SUPPLIERS,
        "-r[0-9]007[0-9]",
        "-r007",
        f"{_UNIT}test_suppliers.py",
    ),
    rule(
        "suppliers: one package of Seal's switches the driver",
        _SUPPLIERS,
        'return "Seal"',
        'return ""',
        f"{_UNIT}test_suppliers.py",
    ),
    rule(
        "suppliers: RapidFort's are told by the report",
        _SUPPLIERS,
        'return "RapidFort"',
        'return ""',
        f"{_UNIT}test_suppliers.py",
    ),
    rule(
        "suppliers: an image that no document can carry is not taken for matched",
        "watcher/adapters/scanners/trivy/catalogue.py",
        "not_covered=reading.unwritable",
        "not_covered=None",
        "tests/unit/scanners/trivy/test_catalogue.py",
    ),
)
