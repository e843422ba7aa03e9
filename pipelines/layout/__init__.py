"""The plan and the build's own description."""
