"""The stages of a pass, one module each: read rows, write rows, never call another stage."""
