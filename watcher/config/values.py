"""The kinds of value that several parts of the configuration hold, each parsed at the edge."""

from __future__ import annotations

import re
import ssl
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Final, TypeVar
from urllib.parse import urlsplit

from pydantic import BeforeValidator, Field, PlainSerializer, PlainValidator

from watcher.domain.errors import UsageError
from watcher.domain.pattern import Pattern
from watcher.domain.reference import (
    ArtifactReference,
    Platform,
    Repository,
    is_repository_path,
)

Parsed = TypeVar("Parsed")

NAME: Final = re.compile(r"[a-z0-9][a-z0-9._-]*")
_MOST = 10_000
_SIZE: Final = re.compile(r"(?P<number>[1-9][0-9]{0,5})(?P<unit>MiB|GiB)")
_SHIFTS: Final = {"MiB": 20, "GiB": 30}


def _read(parse: Callable[[str], Parsed]) -> PlainValidator:
    """Validate a text by a parser that raises UsageError or ValueError."""

    def validate(given: object) -> Parsed:
        if not isinstance(given, str):
            # pydantic collects ValueErrors alone.
            raise ValueError("must be text: put it in quotes")  # noqa: TRY004
        try:
            return parse(given)
        except UsageError as error:
            raise ValueError(str(error)) from None

    return PlainValidator(validate)


def _pattern(allowed: str, advice: str) -> Callable[[str], Pattern]:
    def parse(text: str) -> Pattern:
        if not re.fullmatch(rf"(?!/)[{allowed}]+(?<!/)", text):
            raise ValueError(f"{text!r} can match nothing: {advice}")
        return Pattern(text)

    return parse


def _path(text: str) -> Pattern:
    pattern = _pattern("a-z0-9._/*?-", "repositories are lower case and begin with no slash")(text)
    if pattern.literal and not is_repository_path(text):
        raise ValueError(f"{text!r} is no repository, such as shop/api")
    return pattern


def _base(text: str) -> Pattern:
    registry, _, path = text.partition("/")
    if not NAME.fullmatch(registry) or not path:
        raise ValueError(f"{text!r} must begin with a registry's name, such as local/base/**")
    _path(path)
    return Pattern(text)


def parse_repository(text: str) -> Repository:
    """Read registry/path; raises ValueError where it is none."""
    registry, _, path = text.partition("/")
    if not NAME.fullmatch(registry) or not is_repository_path(path):
        raise ValueError(f"{text!r} is no repository with its registry, such as local/shop/api")
    return Repository(registry, path)


def _name(text: str) -> str:
    if not NAME.fullmatch(text):
        raise ValueError(f"{text!r} is no name: use a-z, 0-9, '.', '_' and '-', such as local")
    return text


def _text(text: str) -> str:
    if not text.strip() or not text.isprintable():
        raise ValueError("must be a text of one line that is not empty")
    return text


def _existing(text: str) -> Path:
    path = Path(_text(text))
    if not path.is_file():
        raise ValueError(f"there is no file {path}: create it, or correct the path")
    return path


def _certificates(text: str) -> Path:
    path = _existing(text)
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_verify_locations(path)
    except OSError:  # an SSLError is one
        raise ValueError(
            f"{path} holds no certificate in PEM (-----BEGIN CERTIFICATE-----): give the"
            " authority's, not a key"
        ) from None
    return path


def address_parts(text: str) -> tuple[str, str, str]:
    """Take an http(s) address apart: scheme://host[:port], path, query; raises ValueError.

    No message quotes the address, which may hold a password where it should not.
    """
    try:
        parts = urlsplit(text)
        usable = parts.scheme in {"http", "https"} and parts.hostname and parts.port != 0
    except ValueError:
        usable = False
    if not usable or not text.isascii() or not text.isprintable() or " " in text:
        raise ValueError("must be an address such as https://registry.example")
    if "@" in parts.netloc:
        raise ValueError("holds a user or password: give them under username and password")
    if "#" in text:
        raise ValueError("holds a fragment (#…): remove it")
    return f"{parts.scheme}://{parts.netloc}", parts.path.rstrip("/"), parts.query


def _host_address(text: str) -> str:
    origin, path, query = address_parts(text)
    if path or query or "?" in text:
        raise ValueError(f"must end after the host: {origin}")
    return origin


def _service_address(text: str) -> str:
    origin, path, query = address_parts(text)
    if query or "?" in text:
        raise ValueError("holds a query (?…): remove it")
    return origin + path


def _source(text: str) -> str:
    if "://" in text:
        address_parts(text)
    return _text(text)


def _host_port(text: str) -> str:
    parts = urlsplit(f"//{text}")
    try:
        usable = parts.hostname and parts.port is not None and parts.netloc == text
    except ValueError:
        usable = False
    if not usable or "@" in text or not re.fullmatch(r"[A-Za-z0-9.:\[\]_-]+", text):
        raise ValueError(f"{text!r} is not host:port, such as 127.0.0.1:8080")
    return text


def _dask_address(text: str) -> str:
    scheme, _, place = text.partition("://")
    if scheme not in {"tcp", "tls"}:
        raise ValueError("must be an address such as tls://scheduler.example:8786")
    return f"{scheme}://{_host_port(place)}"


def _size(text: str) -> int:
    found = _SIZE.fullmatch(text)
    if found is None:
        raise ValueError("must be a size such as 512MiB or 2GiB")
    return int(found["number"]) << _SHIFTS[found["unit"]]


def _written_size(size: int) -> str:
    unit = "MiB" if size % (1 << 30) else "GiB"
    return f"{size >> _SHIFTS[unit]}{unit}"


def _number(given: object) -> object:
    # Python counts true as 1; whoever wrote `workers: true` meant something else.
    if isinstance(given, bool):
        raise ValueError("must be a number")  # noqa: TRY004
    return given


Text = Annotated[str, _read(_text)]
Name = Annotated[str, _read(_name)]
HostAddress = Annotated[str, _read(_host_address)]
ServiceAddress = Annotated[str, _read(_service_address)]
HostPort = Annotated[str, _read(_host_port)]
DaskAddress = Annotated[str, _read(_dask_address)]
FileOrAddress = Annotated[str, _read(_source)]
Folder = Annotated[Path, _read(lambda text: Path(_text(text)))]
ExistingFile = Annotated[Path, _read(_existing)]
Certificates = Annotated[Path, _read(_certificates)]
Count = Annotated[int, BeforeValidator(_number), Field(ge=1, le=_MOST)]
Size = Annotated[int, _read(_size), PlainSerializer(_written_size)]  # bytes
Rate = Annotated[float, BeforeValidator(_number), Field(gt=0, le=_MOST)]
PathPattern = Annotated[Pattern, _read(_path), PlainSerializer(str)]
BasePattern = Annotated[Pattern, _read(_base), PlainSerializer(str)]
TagPattern = Annotated[
    Pattern,
    _read(_pattern("A-Za-z0-9._*?-", "tags are of letters, digits, '.', '_' and '-'")),
    PlainSerializer(str),
]
StreamPattern = Annotated[
    Pattern,
    _read(_pattern("A-Za-z0-9._/*?:#-", "it begins with a registry's name, such as local/shop/**")),
    PlainSerializer(str),
]
BaseName = Annotated[
    Pattern,
    _read(
        _pattern("A-Za-z0-9._/*?:@-", "name a base with its tag, such as local/base/python:3.13*")
    ),
    PlainSerializer(str),
]
PlatformText = Annotated[Platform, _read(Platform.parse), PlainSerializer(str)]
ArtifactText = Annotated[ArtifactReference, _read(ArtifactReference.parse), PlainSerializer(str)]
RepositoryText = Annotated[Repository, _read(parse_repository), PlainSerializer(str)]
