"""One file a rule kind."""
