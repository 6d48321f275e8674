"""A stand-in for Google Artifact Registry on loopback: its API over REST and gRPC, and /v2/.

Written from the API's public description. What it does as the real one does: rows by name with the
image's slashes as %2F, pages with a cursor, index children untagged, artifacts with their type,
errors as google.rpc.Status with details, a token server in front of /v2/.
"""

from tests.servers.artifact_registry.faults import Fault
from tests.servers.artifact_registry.store import Store
from tests.servers.artifact_registry.stub import Stub, artifact_registry

__all__ = ["Fault", "Store", "Stub", "artifact_registry"]
