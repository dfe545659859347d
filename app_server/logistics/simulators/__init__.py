"""Carriers that run here: 模拟邮政速递 and 模拟顺丰, never in production."""
