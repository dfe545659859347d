"""Ways to couriers."""
