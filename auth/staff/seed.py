"""Demo officers (演示工作人员); organisations are fictional, their codes check-valid."""

from auth.staff import service

HOUSING = ("11341602MB0000000X", "演示亳州市谯城区住房城乡建设局")


async def seed() -> None:
    """Add the demo officers; a second run changes nothing."""
    await service.add_staff(
        login="zhao.housing",
        name="赵敏",
        org=HOUSING[0],
        org_name=HOUSING[1],
        region="341602",
        roles=["case_officer", "case_approver"],
    )
    await service.add_staff(
        login="qian.review",
        name="钱进",
        org="11340000MB0000000M",
        org_name="演示安徽省数据资源管理局",
        region="340000",
        roles=["miniapp_reviewer", "operator"],
    )
