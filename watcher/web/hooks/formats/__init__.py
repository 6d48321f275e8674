"""What registries send: a module for each format, from its document to the places it names."""
