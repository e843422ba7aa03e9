"""Data sets in their official layouts, tasks, instructions: records in, triplets out."""
