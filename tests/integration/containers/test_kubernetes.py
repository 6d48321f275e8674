"""The manifest: valid by Kubernetes' own schemas, and as hardened as the image allows."""

from __future__ import annotations

from typing import Any

import kubernetes_validate
import pytest
import yaml

from tests.integration.containers.conftest import ROOT
from watcher.config import load

FILE = ROOT / "config" / "kubernetes" / "watcher.yaml"
DOCUMENTS: list[dict[str, Any]] = list(yaml.safe_load_all(FILE.read_text(encoding="utf-8")))
POD: dict[str, Any] = next(one for one in DOCUMENTS if one["kind"] == "Deployment")["spec"][
    "template"
]["spec"]


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda it: str(it["kind"]))
def test_each_document_is_what_kubernetes_takes(document: dict[str, Any]) -> None:
    version = kubernetes_validate.latest_version()
    kubernetes_validate.validate(document, version, strict=True)


def test_a_wrong_key_would_be_refused() -> None:
    wrong = {**DOCUMENTS[0], "automountToken": False}
    with pytest.raises(kubernetes_validate.ValidationError):
        kubernetes_validate.validate(wrong, kubernetes_validate.latest_version(), strict=True)


def test_its_pods_are_restricted() -> None:
    """Pod Security's level `restricted`, and a root that cannot be written to."""
    assert POD["securityContext"]["runAsNonRoot"] is True
    assert POD["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
    assert POD["automountServiceAccountToken"] is False
    for container in (*POD["initContainers"], *POD["containers"]):
        assert container["securityContext"] == {
            "allowPrivilegeEscalation": False,
            "readOnlyRootFilesystem": True,
            "capabilities": {"drop": ["ALL"]},
        }
        assert container["resources"]["limits"]["memory"]
    assert not {"hostNetwork", "hostPID", "hostIPC"} & POD.keys()


def test_its_user_paths_and_ports_are_those_of_the_image() -> None:
    image = (ROOT / "Dockerfile").read_text(encoding="utf-8")
    assert (
        f"USER {POD['securityContext']['runAsUser']}:{POD['securityContext']['runAsGroup']}"
        in image
    )
    mounts = {one["mountPath"] for one in POD["containers"][0]["volumeMounts"]}
    assert {"/etc/watcher", "/var/lib/watcher", "/tmp"} <= mounts  # noqa: S108 - the image's
    assert POD["containers"][0]["ports"] == [{"name": "web", "containerPort": 8080}]
    assert load(ROOT / "config" / "watcher.yaml", {}).web.listen.endswith(":8080")
    assert POD["terminationGracePeriodSeconds"] >= 20
    assert POD["enableServiceLinks"] is False
