"""The adapter on moto, which somebody else wrote: what our own stub says is what others say too.

moto has ECR's shapes and errors and STS's sessions, but no pages and no registry behind them.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
import requests
from moto.server import ThreadedMotoServer

from tests.contract.registry.images import image
from tests.contract.registry.subjects.ecr import registry
from tests.servers.ecr import PARTNER, PARTNER_ROLE, REGION
from watcher.demo.workshop import Index
from watcher.domain.errors import NotFoundError

pytestmark = [
    pytest.mark.servers,
    # Of moto and the libraries under it, none of which are ours.
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
]

HOME = "123456789012"  # moto's own
API = "shop/api"
INDEX = Index((image("a"), image("b", "linux/arm64")))


@pytest.fixture
def moto(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    url = f"http://{host}:{port}"
    for name, value in {
        "AWS_ACCESS_KEY_ID": "testing",
        "AWS_SECRET_ACCESS_KEY": "testing",
        "AWS_ENDPOINT_URL_ECR": url,
        "AWS_ENDPOINT_URL_STS": url,
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_CONFIG_FILE": "/dev/null",
        "AWS_SHARED_CREDENTIALS_FILE": "/dev/null",
    }.items():
        monkeypatch.setenv(name, value)
    requests.post(f"{url}/moto-api/reset", timeout=10)  # moto remembers for the whole process
    yield url
    server.stop()


def client(url: str, service: str, region: str = REGION, **keys: str) -> Any:  # noqa: ANN401
    return boto3.client(service, region_name=region, endpoint_url=url, **keys)


def push(ecr: Any, content: Any, tag: str) -> str:  # noqa: ANN401
    blob = content.manifests()[-1]
    ecr.put_image(
        repositoryName=API,
        imageManifest=json.dumps(json.loads(blob.content)),
        imageManifestMediaType=blob.media_type,
        imageDigest=blob.digest,
        imageTag=tag,
    )
    return str(blob.digest)


def test_repositories_and_tags_of_two_accounts(moto: str) -> None:
    ecr = client(moto, "ecr")
    ecr.create_repository(repositoryName=API)
    one, two = push(ecr, image(), "1.0"), push(ecr, INDEX, "2.0")
    session = client(moto, "sts").assume_role(RoleArn=PARTNER_ROLE, RoleSessionName="pusher")
    keys = session["Credentials"]
    theirs = client(
        moto,
        "ecr",
        aws_access_key_id=keys["AccessKeyId"],
        aws_secret_access_key=keys["SecretAccessKey"],
        aws_session_token=keys["SessionToken"],
    )
    theirs.create_repository(repositoryName="data/etl")
    adapter = registry((REGION,), (PARTNER_ROLE,))
    assert list(adapter.repositories()) == [f"{PARTNER}/{REGION}/data/etl", API]
    listing = adapter.tags(API, {})
    assert {seen.tag: seen.digest for seen in listing.sightings} == {"1.0": one, "2.0": two}
    assert all(seen.pushed_at and seen.pushed_at.tzinfo for seen in listing.sightings)
    assert adapter.resolve(API, "2.0").digest == two
    assert adapter.tags(f"{PARTNER}/{REGION}/data/etl", {}).sightings == ()


def test_what_is_not_there_is_not_found(moto: str) -> None:
    ecr = client(moto, "ecr")
    ecr.create_repository(repositoryName=API)
    push(ecr, image(), "1.0")
    adapter = registry()
    with pytest.raises(NotFoundError, match="ImageNotFoundException"):
        adapter.resolve(API, "2.0")
    with pytest.raises(NotFoundError, match="RepositoryNotFoundException"):
        adapter.tags("shop/none", {})


def test_a_token_names_the_registry_of_the_account(moto: str) -> None:
    del moto
    access = registry().pull_access(API, image().digest)
    assert access.reference == (f"{HOME}.dkr.ecr.{REGION}.amazonaws.com/{API}@{image().digest}")
    assert access.username == "AWS"
    assert not access.plain_http
