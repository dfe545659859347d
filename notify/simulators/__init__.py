"""A carrier of short messages that runs here: 模拟短信网关, never in production."""
