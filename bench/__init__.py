"""Measurements side by side with a peer or a floor; ``python -m bench.run`` writes docs/benchmarks.md."""
