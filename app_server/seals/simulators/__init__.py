"""Parties outside that run here: 模拟时间戳机构, never in production."""
