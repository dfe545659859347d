"""Staff (工作人员): officers of departments and windows, their posts and what these allow.

岗位 = role, 部门 = organisation. Passwords and sessions of staff are kept by auth.grants.
"""
