"""Two small department systems (模拟业务系统): one takes accounts from us, one keeps its own."""
