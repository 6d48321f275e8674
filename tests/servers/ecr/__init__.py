"""Amazon ECR as tests use it: its API, its tokens and its registry, on loopback."""

from tests.servers.ecr.faults import Call, Fault, once, refusal, silence
from tests.servers.ecr.identities import HOME, PARTNER, PARTNER_ROLE, REGION
from tests.servers.ecr.server import Ecr, ecr

__all__ = [
    "HOME",
    "PARTNER",
    "PARTNER_ROLE",
    "REGION",
    "Call",
    "Ecr",
    "Fault",
    "ecr",
    "once",
    "refusal",
    "silence",
]
