"""Every file that lies on disk: its schema, its reader, its writer."""
