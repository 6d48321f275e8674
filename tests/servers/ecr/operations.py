"""ECR's operations, after the vendor's public description of its JSON 1.1 protocol.

https://docs.aws.amazon.com/AmazonECR/latest/APIReference/
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.servers.ecr.faults import Call
from tests.servers.ecr.identities import Refusal
from tests.servers.ecr.store import Store, Stored

Answer = Mapping[str, object]
_DEFAULT_PAGE = 100
_MOST = 1000


class Operations:
    """What the API answers; `tokens` are the logins it gave, by password."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.tokens: dict[str, Call] = {}
        self.url = ""  # of the registry
        self.lifetime = timedelta(hours=12)
        self.between: Callable[[Call], None] = lambda _: None  # what happens after each page

    def answer(self, call: Call) -> Answer:
        """Answer a call; raises Refusal."""
        operations: dict[str, Callable[[Call], Answer]] = {
            "DescribeRepositories": self._repositories,
            "DescribeImages": self._images,
            "BatchGetImage": self._batch,
            "GetDownloadUrlForLayer": self._layer,
            "GetAuthorizationToken": self._token,
        }
        if call.operation not in operations:
            raise Refusal("UnknownOperationException", "")
        return operations[call.operation](call)

    def _repositories(self, call: Call) -> Answer:
        names = self.store.names(call.account, call.region)
        host = f"{call.account}.dkr.ecr.{call.region}.amazonaws.com"
        return self._page(
            call,
            "repositories",
            {
                name: {
                    "registryId": call.account,
                    "repositoryName": name,
                    "repositoryUri": f"{host}/{name}",
                }
                for name in names
            },
        )

    def _images(self, call: Call) -> Answer:
        images = self.store.images(call.account, call.region, call.repository)
        if "imageIds" in call.fields:
            return {"imageDetails": [_detail(self._find(call, one)) for one in _ids(call)]}
        tagged: Any = call.fields.get("filter", {})
        only = tagged.get("tagStatus", "ANY") == "TAGGED"
        return self._page(
            call,
            "imageDetails",
            {
                digest: _detail(one)
                for digest, one in sorted(images.items())
                if one.tags or not only
            },
        )

    def _page(self, call: Call, field: str, entries: Mapping[str, object]) -> Answer:
        size = call.fields.get("maxResults", _DEFAULT_PAGE)
        if not isinstance(size, int) or not 1 <= size <= _MOST:
            raise Refusal("InvalidParameterException", "Invalid parameter at 'maxResults'")
        after = base64.b64decode(str(call.fields.get("nextToken", ""))).decode()
        rest = [key for key in entries if key > after]
        page = {field: [entries[key] for key in rest[:size]]}
        self.between(call)
        if len(rest) < size:
            return page
        # A page that is exactly full says that there is more, which may turn out to be nothing.
        return {**page, "nextToken": base64.b64encode(rest[size - 1].encode()).decode()}

    def _find(self, call: Call, image: Mapping[str, str]) -> Stored:
        images = self.store.images(call.account, call.region, call.repository)
        for digest, one in images.items():
            if image.get("imageDigest") == digest or image.get("imageTag") in one.tags:
                return one
        raise Refusal(
            "ImageNotFoundException",
            f"The image with imageId {{{image}}} does not exist within the repository with name"
            f" '{call.repository}' in the registry with id '{call.account}'",
        )

    def _batch(self, call: Call) -> Answer:
        self.store.images(call.account, call.region, call.repository)
        missing = [
            {"imageId": one, "failureCode": "ImageNotFound", "failureReason": "not found"}
            for one in _ids(call)
        ]
        return {"images": [], "failures": missing}  # nobody but the registry is to get any here

    def _layer(self, call: Call) -> Answer:
        self.store.images(call.account, call.region, call.repository)
        raise Refusal("LayersNotFoundException", "The layer with digest is not there")

    def _token(self, call: Call) -> Answer:
        password = f"t0ken-{call.account}-{call.region}-{len(self.tokens)}"
        self.tokens[password] = call
        pair = base64.b64encode(f"AWS:{password}".encode()).decode()
        ends = datetime.now(UTC) + self.lifetime  # noqa: TID251 - the stub is an entry point
        given = {
            "authorizationToken": pair,
            "expiresAt": ends.timestamp(),
            "proxyEndpoint": self.url,
        }
        return {"authorizationData": [given]}


def _ids(call: Call) -> list[dict[str, str]]:
    found: Any = call.fields["imageIds"]
    return list(found)


def _detail(one: Stored) -> Answer:
    artifact = {"artifactMediaType": one.artifact} if one.artifact else {}
    subject = {"subjectManifestDigest": one.subject} if one.subject else {}
    return {
        "imageDigest": one.manifest.digest,
        **({"imageTags": sorted(one.tags)} if one.tags else {}),
        "imagePushedAt": one.pushed_at.timestamp(),
        "imageManifestMediaType": one.manifest.media_type,
        "imageSizeInBytes": 1,
        "imageStatus": "ACTIVE",
        **artifact,
        **subject,
    }
