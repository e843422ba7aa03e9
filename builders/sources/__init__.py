"""One file a data set: official layout to records."""
