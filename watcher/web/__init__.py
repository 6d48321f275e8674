"""The web: the report and what is behind it as pages and as JSON, read from the record.

`application` puts it together, `guard` stands before every request, `site` is what each page asks;
a page is a module of `pages` and a template of its name. Nothing here writes.
"""
