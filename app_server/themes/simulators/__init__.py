"""Stand-ins for outside parties of themes."""
