"""Who may see what on the web: people who signed in, and scripts with a token."""
