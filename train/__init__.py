"""Training straight from shards."""
