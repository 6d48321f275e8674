"""Registry entries: a kind each, and what that kind needs."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
import requests

from watcher.config import Config

Load = Callable[..., Config]
Refuse = Callable[..., list[str]]

KINDS = {
    "docker-hub": "namespaces: [acme], username: acme, password: x",
    "harbor": "url: 'https://harbor.example', username: 'robot$w', password: x",
    "ecr": "regions: [eu-west-1], roles: []",
}
GAR = "{name: gar, kind: artifact-registry, project: acme, location: europe"


def oci(extra: str = "", url: str = "http://127.0.0.1:5000", name: str = "local") -> str:
    return f"registries: [{{name: '{name}', kind: oci, url: '{url}'{extra}}}]"


def test_an_oci_registry_has_all_its_keys(loaded: Load, tmp_path: Path) -> None:
    authority = tmp_path / "ca.pem"
    shutil.copy(requests.utils.DEFAULT_CA_BUNDLE_PATH, authority)
    (one,) = loaded(
        oci(
            f", include: [a/b], exclude: ['c/**'], tls_ca: '{authority}', rate: 2.5, "
            "concurrency: 3, proxy: 'http://me:pw@127.0.0.1:3128', username: me, password: pw, "
            "webhook_secret: sixteen-letters-"
        )
    ).registries
    assert one.kind == "oci"
    assert (one.name, one.url, one.username) == ("local", "http://127.0.0.1:5000", "me")
    assert (one.tls_ca, one.rate, one.concurrency) == (authority, 2.5, 3)
    assert [str(pattern) for pattern in (*one.include, *one.exclude)] == ["a/b", "c/**"]
    assert one.proxy
    assert one.proxy.reveal() == "http://me:pw@127.0.0.1:3128"


def test_a_harbor_has_an_address_and_a_login(loaded: Load) -> None:
    (one,) = loaded(
        "registries: [{name: h, kind: harbor, url: 'https://harbor.example', "
        "username: 'robot$w', password: x}]"
    ).registries
    assert one.kind == "harbor"
    assert (one.url, one.username) == ("https://harbor.example", "robot$w")


def test_docker_hub_is_where_it_always_is(loaded: Load) -> None:
    (one,) = loaded("registries: [{name: hub, kind: docker-hub, namespaces: [acme]}]").registries
    assert one.kind == "docker-hub"
    assert one.namespaces == ("acme",)
    assert (one.url, one.api_url) == ("https://registry-1.docker.io", "https://hub.docker.com")


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_is_checked_for_keys_it_has_not(refused: Refuse, kind: str) -> None:
    (line,) = refused(f"registries: [{{name: a, kind: {kind}, {KINDS[kind]}, zone: b}}]")
    assert line.startswith("watcher.yaml:1: registries[0].zone: unknown key; ")


def test_an_artifact_registry_needs_a_project_and_a_location(loaded: Load) -> None:
    (one,) = loaded(f"registries: [{GAR}}}]").registries
    assert one.kind == "artifact-registry"
    assert (one.project, one.location, one.transport) == ("acme", "europe", "rest")
    assert (one.endpoint, one.images, one.anonymous) == (None, None, False)
    domain = GAR.replace("acme", "'example.com:acme'").replace("europe", "us-west4")
    (other,) = loaded(f"registries: [{domain}}}]").registries
    assert other.kind == "artifact-registry"
    assert (other.project, other.location) == ("example.com:acme", "us-west4")


def test_an_artifact_registry_may_be_an_emulator(loaded: Load) -> None:
    at = "endpoint: 'http://127.0.0.1:1', images: 'http://127.0.0.1:2', anonymous: true"
    (one,) = loaded(f"registries: [{GAR}, {at}, transport: grpc}}]").registries
    assert one.kind == "artifact-registry"
    assert (one.endpoint, one.images) == ("http://127.0.0.1:1", "http://127.0.0.1:2")
    assert (one.anonymous, one.transport) == (True, "grpc")


@pytest.mark.parametrize(
    ("extra", "line"),
    [
        (", project: a/b", ".project: must be a project's ID, such as acme or example.com:acme"),
        (", project: Acme", ".project: must be a project's ID, such as acme or example.com:acme"),
        (", location: '-'", ".location: must be one location, such as europe or europe-west4"),
        (", location: a.b", ".location: must be one location, such as europe or europe-west4"),
        (", endpoint: 'http://a/v1'", ".endpoint: must end after the host: http://a"),
        (", transport: carrier", ".transport: "),
        (
            ", images: 'http://127.0.0.1:1'",
            ": http://127.0.0.1:1 is plain HTTP: set anonymous, or give it as https",
        ),
    ],
)
def test_an_artifact_registry_that_cannot_work_is_refused(
    refused: Refuse, extra: str, line: str
) -> None:
    key = extra.removeprefix(", ").partition(":")[0]
    kept = ", ".join(part for part in GAR[1:].split(", ") if not part.startswith(f"{key}:"))
    (told,) = refused(f"registries: [{{{kept}{extra}}}]")
    assert told.startswith(f"watcher.yaml:1: registries[0]{line}")


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("{name: a, kind: harbr}", ".kind: unknown kind 'harbr'; did you mean harbor?"),
        ("{name: a, kind: [oci]}", ".kind: unknown kind"),
        ("{name: a}", ".kind: is missing: add it, such as kind: oci"),
        ("local", ": must be a mapping, such as {key: value}"),
        ("{kind: oci, name: a}", ".url: is missing: add it"),
        ("{kind: oci, url: 'http://a'}", ".name: is missing: add it"),
        ("{name: a, kind: docker-hub, namespaces: []}", ".namespaces: must name at least one"),
    ],
)
def test_an_entry_that_is_none_is_refused(refused: Refuse, text: str, line: str) -> None:
    lines = refused(f"registries: [{text}]")
    assert [one.startswith(f"watcher.yaml:1: registries[0]{line}") for one in lines] == [True]


@pytest.mark.parametrize(
    "url", ["https://r.example", "http://[::1]:5000", "https://r.example:8443"]
)
def test_an_address_is_scheme_host_and_port(loaded: Load, url: str) -> None:
    (one,) = loaded(oci(url=url)).registries
    (slashed,) = loaded(oci(url=f"{url}/")).registries
    assert one == slashed
    assert one.kind == "oci"
    assert one.url == url


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("r.example", "must be an address such as https://registry.example"),
        ("ftp://r.example", "must be an address such as https://registry.example"),
        ("http://", "must be an address such as https://registry.example"),
        ("http://r:0", "must be an address such as https://registry.example"),
        ("http://r:70000", "must be an address such as https://registry.example"),
        ("http://r example", "must be an address such as https://registry.example"),
        ("http://rä.example", "must be an address such as https://registry.example"),
        ("http://[::1", "must be an address such as https://registry.example"),
        ("http://me@r", "holds a user or password: give them under username and password"),
        ("http://r/v2", "must end after the host: http://r"),
        ("http://r?x", "must end after the host: http://r"),
        ("http://r?", "must end after the host: http://r"),
        ("http://r#x", "holds a fragment (#…): remove it"),
    ],
)
def test_anything_else_is_no_address_of_a_registry(refused: Refuse, url: str, reason: str) -> None:
    assert refused(oci(url=url)) == [f"watcher.yaml:1: registries[0].url: {reason}"]


@pytest.mark.parametrize(
    ("extra", "line"),
    [
        (", username: me", ": has a username but no password: give both, or none"),
        (", password: x", ": has a password but no username: give both, or none"),
        (", rate: 0", ".rate: must be more than 0"),
        (", rate: .inf", ".rate: must be a number"),
        (", rate: true", ".rate: must be a number"),
        (", concurrency: 257", ".concurrency: must be at most 256"),
        (
            ", tls_ca: nowhere.pem",
            ".tls_ca: there is no file nowhere.pem: create it, or correct the path",
        ),
        (", proxy: 'proxy:3128'", ".proxy: must be an address such as https://registry.example"),
        (
            ", include: [Shop]",
            (
                ".include[0]: 'Shop' can match nothing: repositories are lower case "
                "and begin with no slash"
            ),
        ),
        (
            ", include: [/shop]",
            (
                ".include[0]: '/shop' can match nothing: repositories are lower "
                "case and begin with no slash"
            ),
        ),
        (", include: [shop/-]", ".include[0]: 'shop/-' is no repository, such as shop/api"),
        (", exclude: shop", ".exclude: must be a list, such as [a, b]"),
        (", include: [1.10]", ".include[0]: must be text: put it in quotes"),
    ],
)
def test_a_setting_that_cannot_work_is_refused(refused: Refuse, extra: str, line: str) -> None:
    assert refused(oci(extra)) == [f"watcher.yaml:1: registries[0]{line}"]


@pytest.mark.parametrize("name", ["", "Local", "-a", "a/b", "a:b", "a b"])
def test_a_name_is_small_and_plain(refused: Refuse, name: str) -> None:
    (line,) = refused(oci(name=name))
    assert line.startswith(f"watcher.yaml:1: registries[0].name: '{name}' is no name")


@pytest.mark.parametrize(
    ("key", "line"),
    [
        ("webhook_secret: short", "is shorter than 16 characters: make one"),
        ("tls_ca: KEY", "holds no certificate in PEM (-----BEGIN CERTIFICATE-----): give the"),
    ],
)
def test_what_cannot_work_is_said_where_it_is_written(
    refused: Refuse, tmp_path: Path, key: str, line: str
) -> None:
    (tmp_path / "key.pem").write_text("-----BEGIN PRIVATE KEY-----\n-----END PRIVATE KEY-----\n")
    (told,) = refused(oci(", " + key.replace("KEY", f"'{tmp_path / 'key.pem'}'")))
    assert told.startswith(f"watcher.yaml:1: registries[0].{key.partition(':')[0]}: ")
    assert line in told


@pytest.mark.parametrize("secret", ["a/b?c#d-and-some-more", "with spaces in between", "über" * 5])
def test_a_secret_that_ends_an_address_is_of_what_addresses_are_made_of(
    refused: Refuse, secret: str
) -> None:
    hub = f"{{name: hub, kind: docker-hub, {KINDS['docker-hub']}, webhook_secret: '{secret}'}}"
    (told,) = refused(f"registries: [{hub}]")
    assert ".webhook_secret: stands in an address, so it must be of letters, digits" in told
    assert secret not in told


@pytest.mark.parametrize(
    ("audience", "account", "line"),
    [
        ("abc", "push@acme.iam.gserviceaccount.com", ".webhook_audience: must be an address"),
        ("https://watcher.example/hooks/gar", "xyz", ".webhook_account: must be a service account"),
    ],
)
def test_what_proves_a_push_is_an_address_and_an_account(
    refused: Refuse, audience: str, account: str, line: str
) -> None:
    told = f", webhook_audience: '{audience}', webhook_account: {account}"
    assert line in refused(f"registries: [{GAR}{told}}}]")[0]
