"""The outside world of identity: face engines, and the channels that check a person for us.

One file per vendor, each behind a Protocol; nothing above this room knows which one answered.
"""
