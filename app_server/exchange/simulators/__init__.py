"""Systems that run here: 模拟业务系统, never in production."""
