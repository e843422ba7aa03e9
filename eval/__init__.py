"""Read-outs and metrics."""
