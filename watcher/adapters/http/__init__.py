"""HTTP as watcher speaks it: bounded, polite, without cookies, and silent about secrets.

The only place that imports requests and the urllib3 under it.
"""

import logging

from stamina.instrumentation import set_on_retry_hooks

from watcher.adapters.http.address import redacted as shown_address
from watcher.adapters.http.answer import Answer
from watcher.adapters.http.client import Http
from watcher.adapters.http.gate import Gate
from watcher.adapters.http.settings import Breaking, Connecting, Observer, Retrying, Timeouts

__all__ = [
    "Answer",
    "Breaking",
    "Connecting",
    "Gate",
    "Http",
    "Observer",
    "Retrying",
    "Timeouts",
    "shown_address",
]

# urllib3 logs whole addresses, signatures in their queries included, and stamina a line per retry
# that names nothing, by whatever means it finds. What matters of both is in the errors raised.
logging.getLogger("urllib3").setLevel(logging.CRITICAL)
set_on_retry_hooks(())
