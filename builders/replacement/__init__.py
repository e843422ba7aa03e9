"""Object replacement, its pure parts; what they make is committed by pipelines/replacement."""
