"""Sharing (数据共享): the catalogue of what government knows, and who may ask for it, how often.

目录 = catalogue, 信息资源 = entry (resource), 数据服务 = data service, 共享申请 = application for a
grant, 编排 = composed service, 共享校核 = error report, 登记库 = registry (人口库 population,
户籍库 household, 不动产 property, 机动车 vehicle). Every read names its purpose and is recorded
where the person can see it. `cases`, `move_car` and others call `read`; partners call by their
grants. Also fills identity's and organisations' ports to the registries.
"""
