"""Stand-ins for platforms above the province; refused in production."""
