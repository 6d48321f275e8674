"""Amazon ECR: private registries of several regions and accounts, listed through AWS's own API.

The only place that imports boto3 and the botocore under it.
"""

import logging

from watcher.adapters.registries.ecr.registry import EcrRegistry

__all__ = ["EcrRegistry"]

# They log requests with their signatures, and a traceback for every session that was not to be
# had. What matters of both is in the errors raised.
for _name in ("boto3", "botocore"):
    logging.getLogger(_name).setLevel(logging.CRITICAL)
