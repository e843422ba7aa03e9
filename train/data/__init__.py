"""From a cut to batches."""
