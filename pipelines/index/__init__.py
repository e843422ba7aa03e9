"""The compacted index, as cut and audit read it."""
