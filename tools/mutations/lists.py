"""Rules of the list: what is taken from Trivy, what of it is matched, and what is the same."""

from __future__ import annotations

from mutations.rule import Rule, rule

_TRIVY = "watcher/adapters/scanners/trivy"
_UNIT = "tests/unit/scanners/trivy"
_LIST = f"{_UNIT}/test_catalogue.py"
_SAME = f"{_UNIT}/test_identity.py"
_REAL = "tests/integration/test_trivy.py"
_ASKED = f"{_UNIT}/test_arguments.py"
_LEFT = f"{_UNIT}/test_left_out.py"
_COMMAND = "tests/integration/test_trivy_command.py"


def _left(says: str, words: str, instead: str, *tests: str) -> Rule:
    return rule(says, f"{_TRIVY}/left_out.py", words, instead, *(tests or (_LIST,)))


def _read(field: str, says: str) -> Rule:
    old = f'"{field}": text(source, '
    return rule(
        f"identity: {says}",
        f"{_TRIVY}/identity.py",
        old,
        f'"{field}": "" and text(source, ',
        _SAME,
        _LEFT,
    )


LISTS: tuple[Rule, ...] = (
    rule(
        "packages come complete, with --list-all-pkgs",
        f"{_TRIVY}/scanner.py",
        '"--list-all-pkgs", ',
        "",
        _ASKED,
    ),
    rule(
        "the scan is one for vulnerabilities: else no jars are listed",
        f"{_TRIVY}/scanner.py",
        '"--scanners=vuln"',
        '"--scanners=license"',
        _ASKED,
    ),
    rule(
        "Trivy calls nobody",
        f"{_TRIVY}/scanner.py",
        '    "--disable-telemetry",\n',
        "",
        _COMMAND,
    ),
    rule(
        "Trivy fetches nothing", f"{_TRIVY}/scanner.py", '    "--skip-db-update",\n', "", _COMMAND
    ),
    rule(
        "an image that Trivy fails on is a failed catalogue, never a clean image",
        f"{_TRIVY}/scanner.py",
        "if outcome.code != 0:",
        "if outcome.code < 0:",
        _COMMAND,
    ),
    rule(
        "a report must be about the image asked for",
        f"{_TRIVY}/catalogue.py",
        'if reference is not None and source.get("ArtifactName") != reference:',
        "if reference is None:",
        _LIST,
    ),
    rule(
        "an image with jars and no Java database fails, and says what to do",
        f"{_TRIVY}/complaints.py",
        "        if complaint in said:",
        "        if complaint in said[:0]:",
        f"{_UNIT}/test_complaints.py",
    ),
    rule(
        "a finding of a package that is not listed is an error",
        f"{_TRIVY}/catalogue.py",
        "    if owner is None:",
        "    if owner is None and not by_uid:",
        _LIST,
    ),
    rule(
        "the end of life is that of the image's real version",
        f"{_TRIVY}/contexts.py",
        'end_of_life=source.get("EOSL") is True',
        "end_of_life=False",
        _LIST,
    ),
    _left(
        "third-party packages stay out of the match",
        "if third_party and",
        "if not third_party and",
    ),
    _left("but for those of Echo", 'system.family != "echo"', 'system.family != "e"'),
    _left(
        "and those that Seal rebuilt",
        "and not sealed:",
        "and sealed is not None:",
        _LEFT,
    ),
    _left("a signing key is no package", '== "gpg-pubkey"', '== "gpg"'),
    _left("an OS without advisories is not matched", "not in SUPPORTED", "in ()"),
    _left(
        "a package without name or version is not matched",
        'if text(package, "Name") and text(package, "Version") else',
        "if True else",
    ),
    _read("version", "the version counts"),
    _read("release", "the release counts"),
    _read("src_name", "the source's name counts"),
    _read("src_version", "the source's version counts"),
    _read("src_release", "the source's release counts"),
    _read("module", "the module counts"),
    rule(
        "identity: the epoch counts",
        f"{_TRIVY}/identity.py",
        '"epoch": number(source, "Epoch")',
        '"epoch": 0',
        _LEFT,
    ),
    rule(
        "identity: the source's epoch counts",
        f"{_TRIVY}/identity.py",
        'number(source, "SrcEpoch")',
        "0",
        _SAME,
    ),
    rule(
        "identity: the build counts, and an empty one is not none",
        f"{_TRIVY}/identity.py",
        "if value or value == {}",
        "if value",
        _SAME,
        _LIST,
    ),
    rule(
        "identity: the architecture counts where the driver reads it",
        f"{_TRIVY}/identity.py",
        "if family in _READS_ARCHITECTURE else",
        "if family in () else",
        _SAME,
    ),
    rule(
        "identity: and nowhere else",
        f"{_TRIVY}/identity.py",
        "if family in _READS_ARCHITECTURE else",
        "if family else",
        _SAME,
    ),
    rule(
        "identity: layer, path and image do not count",
        f"{_TRIVY}/identity.py",
        "key = digest([name, version, attributes, left_out])",
        'key = digest([name, version, attributes, left_out, source.get("FilePath")])',
        _SAME,
        _LIST,
    ),
    rule(
        "identity: a language's package is its type too",
        f"{_TRIVY}/identity.py",
        "key = digest([name, version, attributes, left_out])",
        "key = digest([name, version, attributes if context != LANGUAGE else {}, left_out])",
        _SAME,
    ),
    rule(
        "identity: what is left out is never what is matched",
        f"{_TRIVY}/identity.py",
        "key = digest([name, version, attributes, left_out])",
        "key = digest([name, version, attributes])",
        _SAME,
    ),
)
