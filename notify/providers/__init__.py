"""Vendors that carry short messages."""
