"""Every parser of bytes from outside, with what it is usually given, and how it refuses."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from tests.unit.web.hooks.kinds import registry
from watcher.adapters.distribution.challenge import parse_challenges
from watcher.adapters.distribution.config import parse_config
from watcher.adapters.distribution.manifest import parse_manifest
from watcher.adapters.distribution.paging import next_page
from watcher.adapters.feeds.epss import parse_epss
from watcher.adapters.feeds.kev import parse_kev
from watcher.adapters.feeds.ssvc import parse_ssvc
from watcher.adapters.library.archive import unpack
from watcher.adapters.registries.docker_hub.entries import repositories_page, tags_page
from watcher.adapters.registries.harbor import entries as harbor
from watcher.adapters.scanners.trivy.catalogue import read_catalogue
from watcher.adapters.scanners.trivy.findings import read_matches
from watcher.adapters.trackers.folder.page import BrokenPageError, Page
from watcher.adapters.vex import Called, parse_document
from watcher.config.document import read_document
from watcher.domain.errors import WatcherError
from watcher.domain.package import Package
from watcher.domain.reference import ArtifactReference, Platform
from watcher.reading.instants import parse_instant
from watcher.web.hooks.document import parse
from watcher.web.hooks.reading import reader_of

_TESTS: Final = Path(__file__).resolve().parents[2]
_EXAMPLES: Final = _TESTS / "unit" / "web" / "hooks" / "examples"
_RECORDED: Final = _TESTS / "unit" / "scanners" / "trivy" / "recorded"
_KINDS: Final = {"distribution": "oci"}
_DIGEST: Final = f"sha256:{'0' * 64}"
_URL: Final = "https://registry.example/v2/_catalog?n=100"


@dataclass(frozen=True, slots=True)
class Parser:
    """A parser of bytes; `refusals` are the errors that its callers catch."""

    name: str
    parse: Callable[[bytes], object]
    seed: bytes
    refusals: tuple[type[Exception], ...] = (WatcherError,)

    @property
    def document(self) -> Any:  # noqa: ANN401 - JSON, of any shape
        """The seed as JSON; None where it is none."""
        try:
            return json.loads(self.seed)
        except ValueError:
            return None


def _text(parse: Callable[[str], object]) -> Callable[[bytes], object]:
    """A parser of text, which its callers have decoded as headers and pages are."""
    return lambda content: parse(content.decode("latin-1"))


def _file(parse: Callable[[Path], object]) -> Callable[[bytes], object]:
    def read(content: bytes) -> object:
        with TemporaryDirectory() as folder:
            place = Path(folder) / "given"
            place.write_bytes(content)
            return parse(place)

    return read


def _unpacked(archive: Path) -> None:
    folder = archive.with_name("unpacked")
    folder.mkdir()
    try:
        unpack(archive, folder, {"trivy.db", "metadata.json"}, 1 << 20)
    finally:
        beside = {one.name for one in archive.parent.iterdir()}
        assert beside <= {"given", "unpacked"}, beside


def _json(told: object) -> bytes:
    return json.dumps(told).encode()


_LAYER: Final = {
    "mediaType": "application/vnd.oci.image.layer.v1.tar+gzip",
    "size": 1,
    "digest": _DIGEST,
}
_MANIFEST: Final = {
    "schemaVersion": 2,
    "mediaType": "application/vnd.oci.image.manifest.v1+json",
    "config": {**_LAYER, "mediaType": "application/vnd.oci.image.config.v1+json"},
    "layers": [_LAYER],
    "annotations": {"org.opencontainers.image.base.name": "base"},
}
_INDEX: Final = {
    "schemaVersion": 2,
    "mediaType": "application/vnd.oci.image.index.v1+json",
    "manifests": [
        {
            **_LAYER,
            "platform": {"os": "linux", "architecture": "arm64", "variant": "v8"},
        }
    ],
}
_CONFIG: Final = {
    "os": "linux",
    "architecture": "amd64",
    "created": "2026-01-01T00:00:00Z",
    "rootfs": {"type": "layers", "diff_ids": [_DIGEST]},
    "config": {"Labels": {"a": "b"}},
}
_HARBOR: Final = [
    {
        "id": 1,
        "name": "shop/api",
        "artifact_count": 1,
        "repository_name": "shop/api",
        "repository_id": 1,
        "digest": _DIGEST,
        "type": "IMAGE",
        "tags": [{"name": "1", "push_time": "2026-01-01T00:00:00.000Z"}],
        "metadata": {"public": "true"},
    }
]
_HUB: Final = {
    "count": 1,
    "next": None,
    "results": [
        {
            "name": "1",
            "last_updated": "2026-01-01T00:00:00Z",
            "tag_last_pushed": None,
            "digest": _DIGEST,
        }
    ],
}
_OPENVEX: Final = {
    "@context": "https://openvex.dev/ns/v0.2.0",
    "@id": "https://example.com/1",
    "author": "acme",
    "timestamp": "2026-01-01T00:00:00Z",
    "version": 1,
    "statements": [
        {
            "vulnerability": {"name": "CVE-2024-1"},
            "products": [
                {"@id": "pkg:oci/api@sha256:0", "subcomponents": [{"@id": "pkg:pypi/x@1"}]}
            ],
            "status": "not_affected",
            "justification": "component_not_present",
        }
    ],
}
_CYCLONEDX: Final = {
    "bomFormat": "CycloneDX",
    "specVersion": "1.5",
    "metadata": {"timestamp": "2026-01-01T00:00:00Z"},
    "components": [{"bom-ref": "a", "type": "library", "name": "x", "purl": "pkg:pypi/x@1"}],
    "vulnerabilities": [
        {
            "id": "CVE-2024-1",
            "analysis": {"state": "not_affected", "justification": "code_not_present"},
            "affects": [{"ref": "a", "versions": [{"range": "vers:pypi/>=1.0|<2.0"}]}],
        }
    ],
}
_KEV: Final = {
    "catalogVersion": "2026.01.01",
    "dateReleased": "2026-01-01T00:00:00Z",
    "count": 1,
    "vulnerabilities": [
        {"cveID": "CVE-2024-1", "dateAdded": "2026-01-01", "dueDate": "2026-02-01"}
    ],
}
_EPSS: Final = """\
#model_version:v1,score_date:2026-01-01T00:00:00+0000
cve,epss,percentile
CVE-2024-1,0.1,0.2
"""
_PACKAGES: Final = [Package("wolfi", "curl@1", "curl", "1", {"version": "1"})]


def _hooks() -> Iterator[Parser]:
    for folder in sorted(_EXAMPLES.iterdir()):
        reader = reader_of(registry(_KINDS.get(folder.name, folder.name)))
        seed = max(folder.iterdir(), key=lambda one: one.stat().st_size).read_bytes()
        yield Parser(f"hook of {folder.name}", lambda body, read=reader: read(parse(body)), seed)  # type: ignore[misc]


PARSERS: Final[tuple[Parser, ...]] = (
    Parser("manifest", lambda body: parse_manifest("a manifest", body), _json(_MANIFEST)),
    Parser("index", lambda body: parse_manifest("an index", body), _json(_INDEX)),
    Parser("image's configuration", lambda body: parse_config("a config", body), _json(_CONFIG)),
    Parser("WWW-Authenticate", _text(parse_challenges), b'Bearer realm="https://x/t",service="s"'),
    Parser(
        "Link", _text(lambda text: next_page(_URL, text)), b'</v2/_catalog?last=a&n=1>; rel="next"'
    ),
    Parser(
        "Harbor's artifacts", lambda b: harbor.parse_list("a", b, harbor.artifact), _json(_HARBOR)
    ),
    Parser(
        "Harbor's repositories",
        lambda b: harbor.parse_list("a", b, harbor.repository),
        _json(_HARBOR),
    ),
    Parser(
        "Harbor's projects", lambda b: harbor.parse_list("a", b, harbor.project), _json(_HARBOR)
    ),
    Parser("Hub's tags", lambda body: tags_page("tags", body), _json(_HUB)),
    Parser("Hub's repositories", lambda body: repositories_page("all", body), _json(_HUB)),
    *_hooks(),
    Parser(
        "Trivy's report",
        lambda body: read_catalogue(body, "", _DIGEST),
        (_RECORDED / "alpine.json").read_bytes(),
    ),
    Parser(
        "Trivy's findings",
        _text(lambda text: read_matches(text, _PACKAGES, {})),
        b'["result","wolfi",1]\n["end"]\n',
    ),
    Parser("OpenVEX", lambda b: parse_document("x.json", b, Called({})), _json(_OPENVEX)),
    Parser("CycloneDX", lambda b: parse_document("x.json", b, Called({})), _json(_CYCLONEDX)),
    Parser("EPSS", parse_epss, gzip.compress(_EPSS.encode(), mtime=0), (ValueError,)),
    Parser("EPSS, plain", parse_epss, _EPSS.encode(), (ValueError,)),
    Parser("KEV", parse_kev, _json(_KEV), (ValueError,)),
    Parser(
        "SSVC", parse_ssvc, b"cve,exploitation,automatable\nCVE-2024-1,active,yes\n", (ValueError,)
    ),
    Parser("a database's archive", _file(_unpacked), gzip.compress(b"\0" * 1024, mtime=0)),
    Parser(
        "a ticket's file",
        Page.parse,
        b"---\nkey: a|b|1\nstate: open\n---\nbody\n",
        (BrokenPageError,),
    ),
    Parser("configuration", _file(read_document), b"database: {url: x}\nbases: [a, b]\n"),
    Parser("platform", _text(Platform.parse), b"linux/arm64/v8"),
    Parser("artifact", _text(ArtifactReference.parse), b"ghcr.io/aquasecurity/trivy-db:2"),
    Parser("instant", _text(lambda text: parse_instant("--at", text)), b"2026-01-31T12:00:00Z"),
)
