"""What targets show: drawn, read back, drawn anew."""
