"""From a recipe to what it names: read, checked, found on disk, made, fingerprinted."""
