"""The web: the pages and documents of the record over HTTP."""
