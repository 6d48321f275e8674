"""The pages, a module each: its route, and what its template is told."""
