"""`/api/v1`: the documents of the command line over HTTP, whole or in parts, as JSON or sheets."""
