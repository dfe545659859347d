"""Sharing (数据共享): asks the registries so that people need not bring papers.

共享服务 = sharing service, 登记库 = registry (人口库 population, 户籍 household, 不动产 property,
机动车 vehicle). Every read names its purpose and is recorded where the person can see it. Also
fills identity's port to the population registry.
"""
