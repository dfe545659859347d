"""Other platforms: a city's or the province's own instance, and the national one."""
