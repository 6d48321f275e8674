"""Names of things in registries, parsed once at the edge."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from watcher.domain.errors import UsageError

_SHOWN: Final = 200  # characters
_DIGEST = re.compile(r"sha256:[0-9a-f]{64}")
_TAG = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]{0,127}")
# Where a registry has no referrers API, tools leave signatures and the like under such tags:
# OCI Distribution 1.1 (referrers tag schema), and cosign with its suffixes.
_REFERRER = re.compile(r"sha256-[0-9a-f]{64}(?:\.(?:sig|att|sbom))?")
_PATH = re.compile(
    r"[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*(?:/[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*)*"
)
_PATH_LIMIT = 255
_HOST = re.compile(
    r"(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?)(?::[0-9]{1,5})?"
)
_THIS_MACHINE = re.compile(r"localhost|\[::1\]|127(?:\.[0-9]{1,3}){3}", re.IGNORECASE)


def is_digest(text: str) -> bool:
    """Tell whether the text is a sha256 digest, the only kind watcher trusts."""
    return _DIGEST.fullmatch(text) is not None


def is_tag(text: str) -> bool:
    """Tell whether the text is a tag in the grammar of the OCI Distribution specification 1.1."""
    return _TAG.fullmatch(text) is not None


def is_referrer_tag(text: str) -> bool:
    """Tell whether the tag names what is said about an image, such as a signature."""
    return _REFERRER.fullmatch(text) is not None


def is_repository_path(text: str) -> bool:
    """Tell whether the text is a repository name in the grammar of OCI Distribution 1.1."""
    return len(text) <= _PATH_LIMIT and _PATH.fullmatch(text) is not None


def _quoted(text: str) -> str:
    """A text as a message may show it: strangers may write a book."""
    return repr(text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…")


@dataclass(frozen=True, slots=True, order=True)
class Repository:
    """A repository: the registry's name in the configuration, and the path in that registry."""

    registry: str
    path: str

    def __str__(self) -> str:
        return f"{self.registry}/{self.path}"


@dataclass(frozen=True, slots=True, order=True)
class Platform:
    """What an image runs on: os/architecture[/variant]."""

    os: str
    architecture: str
    variant: str = ""

    @classmethod
    def parse(cls, text: str) -> Platform:
        """Read `linux/arm64/v8`; raises UsageError where it is none."""
        parts = text.split("/")
        if len(parts) not in {2, 3} or not all(parts):
            message = (
                f"platform {_quoted(text)} is not os/architecture[/variant], such as linux/amd64"
            )
            raise UsageError(message)
        return cls(*parts)

    def __str__(self) -> str:
        return "/".join(part for part in (self.os, self.architecture, self.variant) if part)


@dataclass(frozen=True, slots=True)
class ArtifactReference:
    """An artifact by host, path and tag or digest, such as `ghcr.io/aquasecurity/trivy-db:2`."""

    host: str
    path: str
    tag: str = "latest"
    digest: str | None = None

    @classmethod
    def parse(cls, text: str) -> ArtifactReference:
        """Read host/path[:tag][@digest]; the host is never implied. Raises UsageError."""
        name, at, digest = text.partition("@")
        host, _, rest = name.partition("/")
        path, colon, tag = rest.partition(":")
        named = _HOST.fullmatch(host) and is_repository_path(path)
        if not named or (colon and not is_tag(tag)) or (at and not is_digest(digest)):
            raise UsageError(f"artifact {_quoted(text)} is not host/path[:tag][@sha256:…]")
        return cls(host, path, tag or "latest", digest or None)

    @property
    def plain(self) -> bool:
        """Whether the host is this machine, where plain HTTP is allowed."""
        host = _HOST.fullmatch(self.host)
        return host is not None and _THIS_MACHINE.fullmatch(host[1]) is not None

    @property
    def target(self) -> str:
        """What a manifest is asked for by: the digest where there is one, else the tag."""
        return self.digest or self.tag

    def __str__(self) -> str:
        return f"{self.host}/{self.path}" + (f"@{self.digest}" if self.digest else f":{self.tag}")
