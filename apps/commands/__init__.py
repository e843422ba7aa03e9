"""One file a verb. A command parses, calls, prints; it computes nothing."""
