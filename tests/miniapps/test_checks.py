"""Each machine check: one package that it speaks up about, and one that it lets be."""

import pytest

from miniapps import seed, service
from miniapps.service import checks
from miniapps.service.checks.policy import source_hash
from tests.builders.miniapps import ICON, files, manifest

# Put together here, so that nobody's scanner takes this file for a leak.
KEY_HEAD = "-----BEGIN " + "PRIVATE KEY-----"
PEM = KEY_HEAD + "\\nMIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQg\\n"
ALIYUN = "LTAI" + "5tQwErTyUiOpAsDfGhJk"
JWT = "eyJhbGciOiJIUzI1NiJ9." + "eyJzdWIiOiIxMjM0NTY3ODkwIn0.c2lnbmF0dXJlLW9mLXRoaXM"
# A script that no packer makes much smaller: a bomb would be refused before.
LONG = ";".join(f"f{n}({n * 7919 % 100_003})" for n in range(70_000)).encode()[:1_000_000]
DATA_ITEM = {"data_items": ["姓名"]}
SCOPE = {"scope": "device.geolocation", "reason": "查找附近的服务点", "required": False}
TICKET = {"scope": "auth.ticket", "reason": "登录后显示进度", "required": True}
DECLARED = {"network": {"request": ["https://api.example.gov.cn", "wss://live.example.cn"]}}
HANDLER = "<a onclick='go()'>去</a>"
INLINE = "start(1)"


def page(inside: str, *, head: str = "", lang: str = ' lang="zh-CN"') -> bytes:
    return (
        f"<!doctype html><html{lang}><head><title>t</title>{head}"
        f'<script src="js/app.js"></script></head><body>{inside}</body></html>'
    ).encode()


def js(source: str) -> dict[str, bytes]:
    """The app's script with more in it."""
    return {"js/app.js": f"wanshi.auth.getTicket();{source}".encode()}


def found(more: dict[str, bytes] | None = None, **changes) -> list[checks.Finding]:
    package = service.open_package(service.pack(files(manifest(**changes), **(more or {}))))
    return checks.run(package)


def exception(value: str) -> dict:
    return {"directive": "script-src", "value": value, "reason": "旧框架需要，已评估"}


def test_the_app_all_others_differ_from_has_no_finding():
    assert found() == []


def test_the_demo_apps_have_no_finding():
    for folder in seed.DEMO.iterdir():
        assert checks.run(service.open_package(seed.demo_package(folder.name))) == []


# code, level, what is wrong, and the nearest thing that is right
CASES = [
    ("host.undeclared", "error", js('fetch("https://evil.example.cn/a")'), js('fetch("/a")')),
    ("host.undeclared", "error", js('new WebSocket("wss://ws.a.cn/x")'), js('new WebSocket("/x")')),
    ("host.undeclared", "error", js('axios.create({baseURL:"https://a.cn"})'), js('a("a.cn")')),
    ("host.undeclared", "error", js('uni.request({a:1,url:"http://8.8.4.4:81/x"})'), js("")),
    ("host.undeclared", "error", js('x.open("POST","https://a.cn/x")'), js('x.open("POST","/x")')),
    (
        "host.undeclared",
        "error",
        js('fetch("http://api.example.gov.cn/a")'),
        js('fetch("https://api.example.gov.cn/a");fetch("https://API.example.gov.cn:443/b")'),
    ),
    ("host.undeclared", "warning", js('var u="//a.example.cn/x"'), js("// see https://a.cn/x")),
    (
        "host.undeclared",
        "warning",
        js('var n="https://a.cn"'),
        js('n="http://www.w3.org/2000/svg"'),
    ),
    ("host.undeclared", "error", {"index.html": page('<script src="//a.cn/x.js">')}, {}),
    ("host.undeclared", "error", {"index.html": page('<img src="https://a.cn/x.png">')}, {}),
    ("host.undeclared", "error", {"index.html": page('<iframe src="https://a.cn/x">')}, {}),
    ("host.undeclared", "error", {"index.html": page('<form action="https://a.cn/x">')}, {}),
    (
        "host.undeclared",
        "note",
        {"index.html": page('<a href="https://a.cn/x">')},
        {"index.html": page('<a href="#x">')},
    ),
    (
        "host.undeclared",
        "warning",
        {"index.html": page("<style>a{background:url(https://a.cn/x.png)}</style>")},
        {"index.html": page("<style>/* url(https://a.cn/x.png) */</style>")},
    ),
    (
        "host.undeclared",
        "error",
        {"index.html": page('<style>@import "//a.cn/x.css";</style>')},
        {"index.html": page('<style>@import "x.css";</style>'), "x.css": b""},
    ),
    ("host.undeclared", "warning", {"index.json": b'{"api":"https://a.cn/x"}'}, {}),
    ("host.private", "error", js('fetch("http://192.168.1.9:8080/a")'), js('a="192.168.1"')),
    (
        "host.private",
        "error",
        js('a="see http://localhost:8080/"'),
        js('new URL(a,"http://localhost")'),
    ),
    ("host.private", "error", js('a="ws://[::1]:1/"'), js('a="ws://"')),
    ("host.private", "error", js('a="https://db.intranet/x"'), js('a="db.intranet"')),
    ("host.private", "warning", js('host="172.20.3.4"'), js('host="172.40.3.4"')),
    ("host.private", "error", {"index.json": b'{"a":"http://10.1.2.3/x"}'}, {}),
    ("secret.private_key", "error", js(f'k="{PEM}"'), js(f'head="{KEY_HEAD}"')),
    ("secret.cloud", "error", js(f'id="{ALIYUN}"'), js('id="LTAI"+other')),
    ("secret.cloud", "error", {"index.json": b'{"k":"' + b"AKIA" + b'IOSFODNN7EXAMPLE"}'}, {}),
    ("secret.gateway", "error", js('h["X-BG-HMAC-SIGNATURE"]=s'), js('h["X-BG-DATE-TIME"]=s')),
    ("secret.literal", "error", js('var appSecret="9f8e7d6c5b4a3f2e"'), js('appSecret=""')),
    ("secret.literal", "error", js('c={servicepwd:"bzgzf2021pwd"}'), js("c={servicepwd:get()}")),
    (
        "secret.literal",
        "error",
        js('o.privateKey="3a1fB2c4D5e6F708"'),
        js('o.publicKey="04a1fB2c4D5e"'),
    ),
    (
        "secret.literal",
        "error",
        js('token="kq83Hs0dPz71LmXc9vRt"'),
        js('tokenKey="access_token_key";password="请输入密码";secret="xsrf-token-header"'),
    ),
    ("secret.literal", "error", {"index.json": b'{"clientSecret":"kq83Hs0dPz71LmXc"}'}, {}),
    ("secret.token", "error", js(f'x="{JWT}"'), js('x="eyJhbGciOiJIUzI1NiJ9"')),
    ("secret.file", "error", {".env.production": b"A=1"}, {}),
    ("secret.file", "error", {"cert/client.p12": b"\0"}, {}),
    ("csp.eval", "warning", js('eval("1+1")'), js('a.eval("1+1");retrieval(2)')),
    ("csp.eval", "warning", js('new Function("a","return a")'), js('Function("return this")()')),
    ("csp.eval", "warning", js('setTimeout("go()",1)'), js("setTimeout(go,1)")),
    ("csp.eval", "warning", js("(0,eval)(x)"), js('x="(0,eval)(x)" /* eval(x) */')),
    (
        "csp.inline",
        "error",
        {"index.html": page(f"<script>{INLINE}</script>")},
        {"index.html": page('<script type="application/json">{"a":1}</script>')},
    ),
    ("csp.inline", "error", {"index.html": page(HANDLER)}, {"index.html": page("<a>去</a>")}),
    (
        "csp.inline",
        "warning",
        {"index.html": page('<a href="java\tscript:go()">')},
        {"index.html": page('<a href="javascript:void(0)"><a href="javascript:;">')},
    ),
    (
        "page.zoom",
        "error",
        {"index.html": page("", head='<meta name=viewport content="user-scalable=no">')},
        {"index.html": page("", head='<meta name=viewport content="user-scalable=yes">')},
    ),
    (
        "page.zoom",
        "error",
        {"index.html": page("", head='<meta name=viewport content="maximum-scale=1.0">')},
        {"index.html": page("", head='<meta name=viewport content="maximum-scale=5">')},
    ),
    ("page.zoom", "error", js("m.content='width=1,user-scalable=0'"), js("m.content='width=1'")),
    ("page.lang", "warning", {"index.html": page("", lang="")}, {}),
    ("scope.undeclared", "error", js("wanshi.device.getLocation()"), js("wanshi.ui.close()")),
    (
        "scope.undeclared",
        "error",
        js('wanshi.invoke("ah.device.scan")'),
        js('a="ah.device.scanner"'),
    ),
    (
        "scope.undeclared",
        "warning",
        js("navigator.geolocation.watchPosition(f)"),
        js("navigator.onLine"),
    ),
    ("scope.undeclared", "warning", js('b({action:"GeoPlugin.open"})'), js('b("GeoPlugin")')),
    (
        "dialect.undeclared",
        "error",
        {
            "index.html": page(
                '<script src="//assets.zjzwfw.gov.cn/assets/ZWJSBridge/1.1.0/zwjsbridge.js">'
            )
        },
        {"index.html": page('<script src="js/zwjsbridge.js"></script>'), "js/zwjsbridge.js": b""},
    ),
    ("dialect.undeclared", "warning", js('go("https://mapi.zjzwfw.gov.cn/h5/x")'), js("mgop")),
    ("dialect.undeclared", "warning", js("window.AlipayJSBridge.call(a)"), js("Alipay")),
    ("file.unread", "error", {"js/big.js": LONG * 9}, {}),
    ("file.unread", "error", {"index.html": page("<![x[")}, {}),
    ("file.source_map", "warning", {"js/app.js.map": b"{}"}, {}),
    ("file.source_map", "warning", js("//# sourceMappingURL=data:application/json,a"), js("")),
    ("file.large", "warning", {"js/app.js": LONG * 2}, {}),
    (
        "file.unreferenced",
        "note",
        {"old/logo-2.png": b"x"},
        js('a="./js/logo.svg"') | {"js/logo.svg": ICON},
    ),
    (
        "file.unreferenced",
        "note",
        {"js/chunk-ab12cd34.js": b"a()"},
        {"js/chunk-ab12cd34.js": b"a()"}
        | js('p="js/"+({1:"chunk"})[i]+"-"+({1:"ab12cd34"})[i]+".js"'),
    ),
]
IN_MANIFEST = [
    ("page.privacy", "error", {"privacy": DATA_ITEM}, {"privacy": {}}),
    ("page.elder", "warning", {"ui": {"elder": "none"}}, {"ui": {"elder": "css"}}),
    ("page.elder", "warning", {"ui": {"elder": "none"}}, {"ui": {"elder": "none"}, "audience": ["legal"]}),
    ("page.zoom", "error", {"ui": {"zoom": False}}, {"ui": {"zoom": True}}),
    ("scope.unused", "warning", {"permissions": [TICKET, SCOPE]}, {"permissions": [TICKET]}),
    ("file.missing", "error", {"offline": {"precache": ["js/no.js"]}}, {"offline": {"precache": ["js/app.js"]}}),
    ("file.missing", "error", {"privacy": {"policy_url": "no.html"}}, {"privacy": {"policy_url": "index.html"}}),
    (
        "file.missing",
        "error",
        {"routes": [{"path": "no.html#/a", "title": "a"}]},
        {"routes": [{"path": "index.html?x=1#/a", "title": "a"}]},
    ),
]  # fmt: skip


@pytest.mark.parametrize(("code", "level", "wrong", "right"), CASES)
def test_a_check_speaks_up_about_what_is_wrong_and_lets_be_what_is_right(code, level, wrong, right):
    assert (code, level) in {(f.code, f.level) for f in found(wrong)}
    assert code not in {f.code for f in found(right)}


@pytest.mark.parametrize(("code", "level", "wrong", "right"), IN_MANIFEST)
def test_a_check_reads_the_manifest_too(code, level, wrong, right):
    said = [f for f in found(**wrong) if f.code == code]
    assert [(f.level, f.path) for f in said] == [(level, "app.json")]
    assert code not in {f.code for f in found(**right)}


def test_every_check_is_tried():
    assert {case[0] for case in CASES + IN_MANIFEST} == set(checks.CHECKS)


def test_a_finding_says_where_and_errors_come_first():
    script = js('\n\nvar k = "https://a.cn/x"\nfetch("https://b.cn/y")')
    first, second = found(script)
    assert (first.level, first.path, first.line) == ("error", "js/app.js", 4)
    assert (second.level, second.path, second.line) == ("warning", "js/app.js", 3)
    assert "b.cn" in first.message


def test_a_script_inside_a_page_is_counted_in_the_pages_lines():
    body = page(f"\n\n<script>\n\nfetch('https://a.cn')\n{INLINE}</script>")
    said = [f for f in found({"index.html": body}) if f.code == "host.undeclared"]
    assert [(f.path, f.line) for f in said] == [("index.html", 5)]


def test_no_finding_repeats_a_secret():
    secrets = [ALIYUN, JWT, "9f8e7d6c5b4a3f2e", "MIGHAgEAMBMGByqGSM49"]
    script = js(f'k="{PEM}";id="{ALIYUN}";x="{JWT}";appSecret="{secrets[2]}"')
    said = found(script)
    assert {f.code for f in said} >= {"secret.private_key", "secret.cloud", "secret.token"}
    assert not any(secret in f.message for f in said for secret in secrets)


def test_many_warnings_do_not_hide_an_error():
    many = ";".join(f'a="https://h{n}.example.cn"' for n in range(200))
    said = [f for f in found(js(f'{many};fetch("https://z.cn/x")')) if f.code == "host.undeclared"]
    assert [f.level for f in said].count("error") == 1
    assert [f.level for f in said].count("warning") == 51


def test_an_exception_with_its_reason_is_not_found_again():
    inline = {"index.html": page(f"<script>{INLINE}</script>")}
    wanted = next(f for f in found(inline) if f.code == "csp.inline").message
    assert source_hash(INLINE) in wanted
    assert found(inline, csp_exceptions=[exception(source_hash(INLINE))]) == []
    assert found(js("eval(x)"), csp_exceptions=[exception("'unsafe-eval'")]) == []


def test_what_a_browser_hashes_is_what_we_hash():
    # The example of CSP Level 3, section 8.2, with a known digest.
    hashed = source_hash("alert('Hello, world.');")
    assert hashed == "'sha256-qznLcsROx4GACP2dm0UCKCzCG+HiZ1guq6ZZDob/Tng='"
    assert source_hash("a\r\nb\rc") == source_hash("a\nb\nc")


def test_an_app_made_for_another_host_may_keep_that_hosts_scripts_and_addresses():
    script = js('ZWJSBridge.getLocation().then(f);mgop({host:"https://mapi.zjzwfw.gov.cn/"})')
    lock = '<meta name=viewport content="user-scalable=no">'
    vendor = '<script src="//assets.zjzwfw.gov.cn/assets/ZWJSBridge/1.1.0/zwjsbridge.js"></script>'
    entries = script | {"index.html": page("", head=lock + vendor)}
    compat = {"dialects": ["zwjs", "mgop"]}
    said = found(entries, compat=compat, permissions=[TICKET, SCOPE])
    assert [(f.code, f.level) for f in said] == [("page.zoom", "warning")]
    without = {f.code for f in found(entries, compat=compat)}
    assert "scope.undeclared" in without


def test_a_declared_back_end_on_the_developers_machine_is_let_be():
    script = js('fetch("http://127.0.0.1:8821/a")')
    assert found(script, network={"request": ["http://127.0.0.1:8821"]}) == []
    assert {f.code for f in found(script)} == {"host.private"}
