"""Who is there, and how sure we are: people, identity, staff, grants, and the edge."""
