"""Demo officers (演示工作人员) of fictional organisations; codes are check-valid, nobody's own."""

from auth.staff import service

OFFICERS = (
    ("zhao.housing", "赵敏", "11341602MBDM00012U", "谯城区住房和城乡建设局（演示）", "341602",
     ["case_officer", "case_approver"]),
    ("sun.police", "孙立", "11341602MBDM00020N", "亳州市公安局谯城分局（演示）", "341602",
     ["case_officer", "case_approver"]),
    ("qian.review", "钱进", "11340000MB0000000M", "安徽省数据资源管理局（演示）", "340000",
     ["miniapp_reviewer", "operator"]),
)  # fmt: skip


async def seed() -> None:
    """Add the demo officers; a second run changes nothing."""
    for login, name, org, org_name, region, roles in OFFICERS:
        await service.add_staff(
            login=login, name=name, org=org, org_name=org_name, region=region, roles=roles
        )
