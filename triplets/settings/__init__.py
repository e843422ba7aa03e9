"""YAML settings: read safely, changed from the command line, explained by line."""
