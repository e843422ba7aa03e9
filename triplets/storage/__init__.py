"""Where a build lives: atomic publishing to folders and buckets."""
