"""Portal (统一门户): what people see first, put together from what others know.

首页 = home, 常用 = quick entries, 公告 = notices. Stands above everything and owns no table.
"""
