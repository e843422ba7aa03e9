"""The ground of the house: records and triplets, the door for pixels, shards, rows, rejects and storage."""
