"""Words to people: the inbox, and SMS beside it (消息中心 = inbox, 短信 = SMS, 模板 = template).

Contexts above map their own events to templates and call `service.send` in their unit of work;
auth's events are mapped here, since notify stands above auth. Notify never learns what a case is.
"""
