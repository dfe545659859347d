"""How long what apps used is kept, and how many things a list holds."""

from datetime import timedelta

# Half a year of who used what: long enough to look back, and PIPL art. 19 asks for no longer.
KEEP_USES = timedelta(days=180)
# How many apps a resident keeps at hand, and sees as opened lately.
RECENT = 12
MOST_FAVOURITES = 60

OLD_KEY_LIFE = timedelta(days=1)
# WeChat's own numbers: tickets for two hours, the one before good a little longer.
JSAPI_LIFE_S = 7200
JSAPI_GRACE_S = 300
