"""The report's sections: what each says and draws, worked out from the document alone.

A section reads the report document (`shape`), and gives numbers and short texts; the templates of
the same names put them on the page. Names from outside pass through as they are: the templates show
them.
"""
