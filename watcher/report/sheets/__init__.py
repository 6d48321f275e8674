"""Lists and the report as sheets: the same columns for commands, for the web and for workbooks."""
