"""One process per outside party of mini-apps; see house.md."""
