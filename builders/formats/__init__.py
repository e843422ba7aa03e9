"""The input doors: the file formats of official layouts, read without trust."""
