"""The ground of the house: records and triplets, the door for pixels, shards, rows, rejects and storage."""

from ieiw.triplets._torchvision import declare_operators_on_import

declare_operators_on_import()
