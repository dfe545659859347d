"""Roles of staff: what each may do is said by the guards that name them."""

ROLES = {
    "case_officer": "办件人员",
    "case_approver": "审批负责人",
    "realname_window": "实名认证窗口",
    "item_editor": "事项管理员",
    "miniapp_reviewer": "小程序审核员",
    "finance": "财务人员",
    "operator": "平台运维",
    "auditor": "安全审计员",
}
