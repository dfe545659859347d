"""The outside world of mini-apps: cities' own back ends."""
