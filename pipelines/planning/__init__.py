"""``ieiw plan``: attempts, units, estimates."""
