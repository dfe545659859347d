"""A courier that runs here: 模拟快递公司, never in production."""
