"""Things that scenes are made of, one file a family."""
