"""How long property tests may take: `WATCHER_PROPERTIES=thorough` tries far more examples."""

from __future__ import annotations

import os

from hypothesis import HealthCheck, settings

SLOW = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.function_scoped_fixture]

settings.register_profile("usual", deadline=None, suppress_health_check=SLOW)
settings.register_profile("thorough", deadline=None, suppress_health_check=SLOW, max_examples=2000)
settings.load_profile(os.environ.get("WATCHER_PROPERTIES", "usual"))
