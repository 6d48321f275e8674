"""The rules of watcher as pure functions over values: no input, no output, no clock."""
