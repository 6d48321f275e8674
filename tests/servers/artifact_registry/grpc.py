"""The API over gRPC, in Google's own messages."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import grpc
from google.cloud.artifactregistry_v1.types import (
    ListDockerImagesRequest,
    ListDockerImagesResponse,
    ListRepositoriesRequest,
    ListRepositoriesResponse,
)
from google.protobuf.any_pb2 import Any as Packed
from google.protobuf.duration_pb2 import Duration
from google.rpc.error_details_pb2 import ErrorInfo, RetryInfo
from google.rpc.status_pb2 import Status
from grpc_status import rpc_status

from tests.servers.artifact_registry.faults import Fault
from tests.servers.artifact_registry.lists import FaultError, Lists

_SERVICE = "google.devtools.artifactregistry.v1.ArtifactRegistry"


@contextmanager
def serve(lists: Lists, secure: grpc.ServerCredentials | None = None) -> Iterator[str]:
    """Serve on loopback, with TLS where there are credentials for it; gives the address."""
    server = grpc.server(ThreadPoolExecutor(16), options=[("grpc.so_reuseport", 0)])
    methods = {
        "ListRepositories": _method(
            lists.repositories, ListRepositoriesRequest, ListRepositoriesResponse
        ),
        "ListDockerImages": _method(
            lists.images, ListDockerImagesRequest, ListDockerImagesResponse
        ),
    }
    handler = grpc.method_handlers_generic_handler(_SERVICE, methods)
    server.add_generic_rpc_handlers((handler,))
    if secure:
        scheme, port = "https", server.add_secure_port("127.0.0.1:0", secure)
    else:
        scheme, port = "http", server.add_insecure_port("127.0.0.1:0")
    server.start()
    try:
        yield f"{scheme}://127.0.0.1:{port}"
    finally:
        server.stop(grace=0).wait()


def _method(answer: Callable[[Any, str], Any], request: Any, response: Any) -> Any:  # noqa: ANN401
    def called(asked: Any, context: grpc.ServicerContext) -> Any:  # noqa: ANN401
        sent = {one.key: one.value for one in context.invocation_metadata()}
        try:
            return answer(asked, sent.get("authorization", ""))
        except FaultError as error:
            context.abort_with_status(rpc_status.to_status(_status(error.fault)))

    return grpc.unary_unary_rpc_method_handler(
        called,
        request_deserializer=request.deserialize,
        response_serializer=response.serialize,
    )


def _status(fault: Fault) -> Status:
    status = Status(code=grpc.StatusCode[fault.status].value[0], message=fault.message)
    details = []
    if fault.reason:
        details.append(
            ErrorInfo(reason=fault.reason, domain="googleapis.com", metadata=fault.about)
        )
    if fault.delay is not None:
        seconds, rest = divmod(fault.delay, 1)
        details.append(RetryInfo(retry_delay=Duration(seconds=int(seconds), nanos=int(rest * 1e9))))
    for one in details:
        packed = Packed()
        packed.Pack(one)
        status.details.append(packed)
    return status
