"""Galleries of regions: outlined things of data sets, cropped and embedded where they lie."""
