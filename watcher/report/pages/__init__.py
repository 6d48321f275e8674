"""Documents as HTML pages: what people read, in the browser and on paper.

A page is a template over one document: it words, draws and links, and works out nothing. The same
templates make the report's file, which needs nothing beside it, and the pages of the web.
"""
