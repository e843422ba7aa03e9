"""Apache Beam, and nothing else knows Beam: planning, building, commit, resume."""
