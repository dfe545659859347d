"""Demo officers (演示工作人员) of fictional organisations; codes are check-valid, nobody's own.

One provincial instance plays 亳州's staff too, and says so in every name. The two department
systems are the shipped simulators: one takes accounts from us, one maps its own.
"""

from app_server.kernel.settings import load
from auth.staff import service
from auth.staff.service.demo import ACCOUNTS_KEY, MAPPED, UNIFIED

PROVINCE = ("11340000MB0000000M", "安徽省数据资源管理局（演示）", "340000")
OFFICERS = (
    ("zhao.housing", "赵敏", "11341602MBDM00012U", "谯城区住房和城乡建设局（演示）", "341602",
     ["case_officer", "case_approver"]),
    ("sun.police", "孙立", "11341602MBDM00020N", "亳州市公安局谯城分局（演示）", "341602",
     ["case_officer", "case_approver"]),
    ("guo.head", "郭立新", "11341602MBDM00012U", "谯城区住房和城乡建设局（演示）", "341602",
     ["case_head"]),
    ("shen.items", "沈清", "11341602MBDM00012U", "谯城区住房和城乡建设局（演示）", "341602",
     ["item_editor"]),
    ("han.items", "韩梅", "11341602MBDM00012U", "谯城区住房和城乡建设局（演示）", "341602",
     ["item_editor"]),
    ("jiang.posts", "蒋编", "11340000MBDM02018L", "安徽省机构编制部门（演示）", "340000",
     ["item_editor"]),
    ("shi.law", "施法", "11340000MBDM02026F", "安徽省司法行政部门（演示）", "340000",
     ["item_editor"]),
    ("feng.window", "冯暖", "11341602MBDM00135W", "谯城区政务服务中心（演示）", "341602",
     ["case_window"]),
    ("cai.finance", "蔡芸", "11341602MBDM00020N", "亳州市公安局谯城分局（演示）", "341602",
     ["finance"]),
    ("jin.finance", "金默", "11341602MBDM00020N", "亳州市公安局谯城分局（演示）", "341602",
     ["finance"]),
    ("bao.treasury", "鲍国", "11340000MBDM02034A", "安徽省财政部门（演示）", "340000",
     ["treasurer"]),
    ("ye.education", "叶育", "11340000MBDM00127R", "安徽省教育厅（演示）", "340000",
     ["case_officer", "case_approver"]),
    ("qin.cashier", "秦收", "11341602MBDM00135W", "谯城区政务服务中心（演示）", "341602",
     ["cashier"]),
    ("mei.licence", "梅证", "11341602MBDM00012U", "谯城区住房和城乡建设局（演示）", "341602",
     ["licence_keeper"]),
    ("yin.seal", "尹宝", "11341602MBDM00012U", "谯城区住房和城乡建设局（演示）", "341602",
     ["seal_keeper"]),
    ("zhang.seal", "章明", *PROVINCE, ["seal_authority"]),
    ("xi.seal", "席信", *PROVINCE, ["seal_authority"]),
    ("wen.message", "闻讯", *PROVINCE, ["message_operator"]),
    ("tong.message", "童信", *PROVINCE, ["message_operator"]),
    ("tan.flow", "谭图", *PROVINCE, ["flow_editor"]),
    ("he.flow", "何核", *PROVINCE, ["flow_editor"]),
    ("qian.review", "钱进", *PROVINCE, ["miniapp_reviewer", "operator"]),
    ("li.supervise", "李督", *PROVINCE, ["supervisor"]),
    ("admin.system", "周系统", *PROVINCE, ["system_admin"]),
    ("admin.security", "吴安全", *PROVINCE, ["security_admin"]),
    ("admin.audit", "郑审计", *PROVINCE, ["security_auditor"]),
)  # fmt: skip
# Offices without a code of their own, below the organisation that has one.
OFFICES = ("综合处", "数据资源处", "政务服务处")
WINDOW_OFFICER = ("wu.window", "吴静", "11341602MBDM00135W", "谯城区政务服务中心（演示）", "341602")


async def seed() -> None:
    """Add the demo officers and systems; a second run changes nothing."""
    for login, name, org, org_name, region, roles in OFFICERS:
        await service.add_staff(
            login=login, name=name, org=org, org_name=org_name, region=region, roles=list(roles)
        )
    login, name, org, org_name, region = WINDOW_OFFICER
    await service.add_staff(
        login=login,
        name=name,
        org=org,
        org_name=org_name,
        region=region,
        roles=["realname_window"],
        window=("A03", "county"),
    )
    org, org_name, region = PROVINCE
    above = await service.ensure_department(code=org, name=org_name, region=region)
    there = {found.name for found in await service.departments(service.installer())}
    for office in OFFICES:
        if office not in there:
            await service.add_department(service.installer(), name=office, parent_id=above)
    if load().simulators and not load().production:
        await _systems()


async def _systems() -> None:
    by = service.installer()
    there = {found.code for found in await service.systems(by)}
    org, name, region = PROVINCE
    home = await service.ensure_department(code=org, name=name, region=region)
    archive = await service.ensure_department(
        code="11340000MBDM00143F", name="安徽省档案馆（演示）", region=region
    )
    if UNIFIED.code not in there:
        await service.register_system(
            by,
            code=UNIFIED.code,
            department_id=home,
            region=region,
            wanted=service.SystemWanted(
                name=UNIFIED.name,
                mode="unified",
                client_id=UNIFIED.client_id,
                home_url=UNIFIED.url,
                scim_url=f"{UNIFIED.url}/scim/v2",
                scim_token=ACCOUNTS_KEY,
            ),
        )
    if MAPPED.code not in there:
        await service.register_system(
            by,
            code=MAPPED.code,
            department_id=archive,
            region=region,
            wanted=service.SystemWanted(
                name=MAPPED.name,
                mode="mapped",
                client_id=MAPPED.client_id,
                home_url=MAPPED.url,
                bind_url=f"{MAPPED.url}/bind",
            ),
        )
