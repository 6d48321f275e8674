"""`/metrics`: how watcher and the fleet fare, as OpenMetrics; the one place with its library."""
