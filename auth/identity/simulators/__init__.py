"""Parties that vouch for people, as they are met on the wire (模拟认证方)."""
