"""The province's registries as one exchange that runs here: 模拟共享平台, never in production."""
