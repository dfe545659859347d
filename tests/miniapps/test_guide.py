"""The guide for city teams, lived through as it is written."""

import re

from app_server.kernel import db
from miniapps import service
from tests.builders.miniapps import desk, team
from tests.conftest import PROJECT
from tests.miniapps.test_command_line import Terminal, terminal

__all__ = ["terminal"]

GUIDE = PROJECT / "docs" / "city-teams.md"
APP = "ah341600parking"
# What needs a person in front of a screen, or the machine's own packages.
BY_HAND = ("cd h5_shell/cli", "ahmini dev")


def steps() -> list[str]:
    """Commands and what is done in the console, in the order of the guide."""
    text = GUIDE.read_text()
    found = []
    for block, marker in re.findall(
        r"```console\n(.*?)```|<!-- 工作台：(.*?) -->", text, re.DOTALL
    ):
        found += [f"@{marker}"] if marker else block.strip().splitlines()
    return found


async def test_the_guide_works_as_written(terminal: Terminal, database, listeners):
    org = re.search(r"--org ([0-9A-Z]{18})", GUIDE.read_text())
    assert org
    by, secret, said = await team(org=org[1]), "", ""
    terminal.platform = listeners["partner"]
    done = []
    for step in steps():
        match step.split():
            case ["@登记应用"]:
                _, secret = await service.make_key(by, APP)
            case ["@登记公钥"]:
                await service.add_team_key(by, "发布机", said[said.index("-----BEGIN") :])
            case ["@市级和省级审核通过"]:
                await service.review(await desk("341600"), APP, 1, agree=True)
                await service.review(await desk(), APP, 1, agree=True)
            case ["cd", folder] if "/" not in folder:
                terminal.folder /= folder
            case ["ahmini", "login"]:
                said = await terminal.run("login", stdin=f"{secret}\n")
            case ["ahmini", "check"]:
                said = await terminal.run("check", "--no-browser")
            case ["ahmini", "rollback", *words]:
                # The first version has none to go back to, as the guide says.
                said = await terminal.run("rollback", *words, code=1)
            case ["ahmini", "import-gbc"]:
                said = await terminal.run("import-gbc", code=1)
            case _ if step.startswith(BY_HAND):
                continue
            case ["ahmini", *words]:
                said = await terminal.run(*words)
            case _:
                raise AssertionError(f"the guide says what nobody can do: {step}")
        done.append(step)
    assert len(done) > 14
    assert await db.value("SELECT current FROM miniapps_app WHERE appid = $1", APP) == 1
    version = await service.version_facts(APP, 1)
    assert (version.state, bool(version.signed_by)) == ("released", True)
