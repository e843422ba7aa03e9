"""The one door for pixels, and what is done to masks and pictures behind it."""
