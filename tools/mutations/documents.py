"""Rules of documents: how packages are written, and how findings come back to them."""

from __future__ import annotations

from mutations.rule import Rule, rule

_TRIVY = "watcher/adapters/scanners/trivy"
_UNIT = "tests/unit/scanners/trivy"
_DOCUMENT = f"{_UNIT}/test_document.py"
_REAL = "tests/integration/test_trivy.py"
_KINDS = "tests/integration/kinds/test_systems.py"


def _component(says: str, words: str, instead: str, *tests: str) -> Rule:
    return rule(
        f"component: {says}", f"{_TRIVY}/component.py", words, instead, *(tests or (_DOCUMENT,))
    )


def _document(says: str, words: str, instead: str, *tests: str) -> Rule:
    return rule(
        f"document: {says}", f"{_TRIVY}/document.py", words, instead, *(tests or (_DOCUMENT,))
    )


DOCUMENTS: tuple[Rule, ...] = (
    _component("apk for Alpine, Wolfi, Chainguard, MinimOS", 'return "apk" if', 'return "rpm" if'),
    _component(
        "deb for Debian, Ubuntu, Echo", '"deb" if family in _DEB', '"rpm" if family in _DEB'
    ),
    _component("rpm for all others", 'else "rpm"', 'else "deb"'),
    _component("the version with its release", '(f"-{release}" if release else "")', '""'),
    _component("the epoch in the purl", 'if _number(read, "epoch") else []', "if False else []"),
    _component("the architecture in the purl", 'if read.get("arch") else []', "if False else []"),
    _component(
        "the purl percent-encoded, letters too",
        "return f\"%{value.encode(errors='replace').hex('%')}\" if value else \"\"",
        "return value",
    ),
    _component(
        "the name exactly, and no other",
        "return component(reference, package.name, version",
        "return component(reference, package.name.lower(), version",
        f"{_UNIT}/test_component.py",
    ),
    _component(
        "an apk without a source has its own name",
        'kind == "apk" else "-"',
        'kind == "rpm" else "-"',
    ),
    _component(
        "an rpm without a source has one that no advisory names",
        'kind == "apk" else "-"',
        'kind else "-"',
    ),
    rule(
        "component: the version of a source that is missing matches nothing",
        "watcher/adapters/scanners/trivy/component.py",
        'kind == "apk") else "0"',
        'kind == "apk") else ""',
        "tests/unit/scanners/trivy/test_document.py",
    ),
    _component("the source's release", '("SrcRelease", text(read, "src_release")),', ""),
    _component("the source's epoch", '("SrcEpoch", str(_number(read, "src_epoch") or "")),', ""),
    _component("the module", 'told.append(("Modularitylabel", module))', "pass", _DOCUMENT, _KINDS),
    _component("each content set", "for item in named]", "for item in named[:1]]"),
    _component("the NVR", '("NVR", nvr), ', ""),
    _component("the build's architecture", '("Arch", text(build, "arch"))]', '("Arch", "")]'),
    _component(
        "a build that names nothing, by a content set that does not exist",
        'else ["-"])',
        "else [])",
    ),
    _component(
        "the package id is the reference", '("PkgID", reference), *told', "*told", _DOCUMENT, _REAL
    ),
    _document("OS packages hang on the OS", '"dependsOn": references}]', '"dependsOn": []}]'),
    _document(
        "language packages hang on an application",
        '"dependsOn": references} for',
        '"dependsOn": []} for',
    ),
    _document(
        "an application for each type",
        'text(package.attributes, "type"), []).append',
        'text(package.attributes, "type")[:0], []).append',
    ),
    _document(
        "the application says its type",
        '"properties": properties([("Type", kind)]),',
        '"properties": [],',
        _DOCUMENT,
        _REAL,
    ),
    _document(
        "no two of equal name and version where one would vanish",
        "not in _SAME_NAME_VANISHES",
        "not in ()",
        _KINDS,
    ),
    rule(
        "findings: what Trivy did not look at fails the match",
        f"{_TRIVY}/findings.py",
        "    if seen != expected:",
        "    if seen and not expected:",
        f"{_UNIT}/test_findings.py",
    ),
    rule(
        "findings: a report that is cut off is no answer",
        f"{_TRIVY}/findings.py",
        """if not lines or lines.pop() != '["end"]':""",
        "if not lines:",
        f"{_UNIT}/test_findings.py",
    ),
    rule(
        "findings: they come back by their reference",
        f"{_TRIVY}/findings.py",
        "return packages[int(reference)]",
        "return packages[0]",
        f"{_UNIT}/test_findings.py",
        _REAL,
    ),
    rule(
        "audit: the fixed version is compared",
        "watcher/services/audit/compare.py",
        "return one.fixed_version, one.status",
        'return "", one.status',
        "tests/unit/services/test_audit.py",
    ),
    rule(
        "audit: status and severity are compared",
        "watcher/services/audit/compare.py",
        "one.status, one.severity, one.severity_source",
        '"", "", one.severity_source',
        "tests/unit/services/test_audit.py",
    ),
    rule(
        "audit: what only one side has is a difference",
        "watcher/services/audit/compare.py",
        "right.keys() - left.keys()",
        "set()",
        "tests/unit/services/test_audit.py",
    ),
    rule(
        "audit: an image that differs is named",
        "watcher/services/audit/birth.py",
        "            if named:",
        "            if not named:",
        "tests/unit/services/test_birth.py",
    ),
)
