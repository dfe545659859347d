"""Shapes of themes, and of the claim board."""
