"""A platform of privacy numbers that runs here: 模拟隐私号平台, never in production."""
