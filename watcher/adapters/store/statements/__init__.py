"""VEX statements as rows: opened when they count from, closed when no feed holds them."""
