"""The command line and the pages: thin, they call and do not compute."""
