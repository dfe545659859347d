"""Gateways that run here: 模拟网关 不发生真实扣款, never in production."""
