"""Shapes of licences' requests and replies."""
