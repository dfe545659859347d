"""Ways to platforms of privacy numbers."""
