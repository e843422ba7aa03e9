"""What targets show, one module a drawing: its answer, how it is drawn, read back, and drawn again in other colours."""
