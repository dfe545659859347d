"""Staff (工作人员): officers of departments and windows, their posts, and their life cycle.

部门 = department (a tree; a body with a code is an organisation), 岗位 = post (department, roles,
region, window), 开户/调岗/停用/恢复/注销 = open/transfer/suspend/resume/cancel, 三员 = the three
administrators who exclude each other, 业务系统 = department system, 统一用户 = unified (mode A),
映射 = mapped (mode B). Passwords and sessions of staff are kept by auth.grants.
"""
