"""Recipes: their schema, and the sources, tasks and backends that they name."""
