"""Shapes of sharing's requests and replies."""
