"""Ways to reach the registries."""
