"""The audit report: one self-contained HTML page about a build or a cut. It renders; the numbers come from pipelines."""
