"""The libraries that know organisations, reached through a port."""
