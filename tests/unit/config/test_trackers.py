"""Trackers and what owners want of them, read from the configuration and built by their kind."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from watcher.adapters.issues import IssueTracker
from watcher.adapters.trackers.folder import FolderTracker
from watcher.bootstrap.filing import filing_of
from watcher.config import Config, load
from watcher.config.trackers import JiraTracker
from watcher.crewing import trackers_of
from watcher.domain.errors import UsageError
from watcher.services.ticket import Placement

TRACKERS = """\
trackers:
  - {name: files, kind: folder}
  - {name: tea, kind: gitea, url: "http://127.0.0.1:3000", project: acme/shop, token: a}
  - {name: hub, kind: github, project: acme/shop, token: b, labels: [security]}
  - {name: lab, kind: gitlab, project: acme/web/shop, token: c}
  - {name: board, kind: jira, url: "https://acme.atlassian.net", project: SHOP, token: d,
     username: bot@acme.example}
owners:
"""


def loaded(tmp_path: Path, owners: str = "  - {team: shop}\n", more: str = "") -> Config:
    path = tmp_path / "watcher.yaml"
    path.write_text(TRACKERS + owners + more)
    return load(path, {})


def test_each_kind_is_built_by_its_module(tmp_path: Path) -> None:
    config = loaded(tmp_path)
    built = trackers_of(config.trackers, config.owners)
    assert list(built) == ["files", "tea", "hub", "lab", "board"]
    assert isinstance(built["files"], FolderTracker)
    assert all(isinstance(built[name], IssueTracker) for name in ("tea", "hub", "lab", "board"))
    assert built["board"].medium.markup == "wiki"
    assert built["board"].settling == timedelta(minutes=30)


def test_an_owner_files_in_a_project_of_its_own(tmp_path: Path) -> None:
    owners = """\
  - {match: "local/pay/**", team: pay, tracker: hub, project: acme/pay, labels: [pay],
     assignees: [ada], issue_type: Bug}
  - {match: "local/till/**", team: pay, tracker: files}
  - {team: shop, tracker: hub}
"""
    config = loaded(tmp_path, owners)
    built = trackers_of(config.trackers, config.owners)
    assert {"hub", "hub:acme/pay"} <= built.keys()
    filing = filing_of(config)
    assert filing.tracker_of("pay") == "hub:acme/pay"  # by the first of its rules
    assert filing.tracker_of("shop") == "hub"
    assert filing.tracker_of("nobody") is None
    assert filing.placement_of("pay") == Placement(("pay",), ("ada",), "Bug")
    assert filing.placement_of("nobody") == Placement()


@pytest.mark.parametrize(
    ("setting", "files", "hub"),
    [("services", False, True), ("everywhere", True, True), ("none", False, False)],
)
def test_dashboards_are_where_they_are_wanted(
    tmp_path: Path, *, setting: str, files: bool, hub: bool
) -> None:
    config = loaded(tmp_path, more=f"tickets: {{dashboard: {setting}}}\n")
    has = filing_of(config).has_dashboard
    assert (has("files"), has("hub"), has("hub:acme/pay")) == (files, hub, hub)


@pytest.mark.parametrize(
    ("owner", "complaint"),
    [
        (
            "{team: a, labels: [x]}",
            "owners[0].labels: the owner has no tracker: name one",
        ),
        (
            "{team: a, tracker: files, project: acme/x}",
            "owners[0].project: files is a folder and knows none",
        ),
        (
            "{team: a, tracker: hub, project: acme}",
            "owners[0].project: 'acme' is no project there, such as acme/shop",
        ),
        (
            f"{{team: a, tracker: lab, project: {'a/' * 20}{'b' * 99}}}",
            "owners[0].project: with the tracker's name it is longer than 128 characters",
        ),
        (
            "{team: a, tracker: board, project: acme/shop}",
            "owners[0].project: 'acme/shop' is no project there, such as SHOP",
        ),
    ],
)
def test_what_an_owner_cannot_have_is_said_in_one_line(
    tmp_path: Path, owner: str, complaint: str
) -> None:
    with pytest.raises(UsageError) as caught:
        loaded(tmp_path, f"  - {owner}\n")
    assert str(caught.value).endswith(complaint)


@pytest.mark.parametrize("place", ["proxy.example/x", "proxy.example:3128/?a=b"])
def test_a_proxy_ends_after_the_host_as_that_of_a_registry(tmp_path: Path, place: str) -> None:
    proxied = (
        f"trackers: [{{name: t, kind: gitea, url: 'http://a', project: a/b, token: c, "
        f"proxy: 'http://me:hidden@{place}'}}]"
    )
    path = tmp_path / "watcher.yaml"
    path.write_text(proxied)
    with pytest.raises(UsageError, match="proxy: must end after the host and port") as caught:
        load(path, {})
    assert "hidden" not in str(caught.value)


def test_an_approval_needs_a_dashboard(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="approval is given on the dashboard"):
        loaded(tmp_path, more="tickets: {approval: true, dashboard: none}\n")


@pytest.mark.parametrize(
    ("url", "deployment", "cloud"),
    [
        ("https://acme.atlassian.net", None, True),
        ("https://acme.atlassian.net:443/", None, True),
        ("https://jira.acme.example", None, False),
        ("https://jira.acme.example", "cloud", True),
        ("https://acme.atlassian.net", "data-center", False),
        ("https://atlassian.net.evil.example", None, False),
    ],
)
def test_a_jira_is_cloud_by_its_address_unless_it_is_said(
    *, url: str, deployment: str | None, cloud: bool
) -> None:
    told = {"name": "a", "kind": "jira", "url": url, "project": "SHOP", "token": "x"}
    assert JiraTracker.model_validate({**told, "deployment": deployment}).cloud is cloud
