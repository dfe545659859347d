"""Pure reckoning of themes: templates, project codes, the claim board."""
