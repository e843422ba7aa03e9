"""Object replacement as steps that commit on their own: retrieve, paint, caption, write. The build itself assembles."""
