"""The virus scanner as a process that runs here: 模拟病毒扫描, never in production."""
