"""How long what is shown lives."""

from datetime import timedelta

# R-LIC-12: at most a minute.
SHOW_LIFE = timedelta(seconds=60)
