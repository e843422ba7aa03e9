"""One file a task: record to triplets."""
