"""The two demo department systems, as this instance and their simulators both know them.

Their secrets are the simulators' own; production runs no simulator and seeds nothing.
"""

from dataclasses import dataclass

from app_server.kernel.settings import load

ACCOUNTS_KEY = "SIM-accounts-key-of-the-unified-system"
CLIENT_SECRET = "SIM-client-secret-of-department-systems"  # noqa: S105 - see above


@dataclass(frozen=True, slots=True)
class DemoSystem:
    """One of the two, and the number of its simulator."""

    code: str
    name: str
    client_id: str
    number: int

    @property
    def url(self) -> str:
        """Where the simulator listens."""
        return load().simulator_url(self.number)


UNIFIED = DemoSystem("ah-supervision", "安徽省政务督办系统（演示）", "sim-ah-supervision", 21)
MAPPED = DemoSystem("ah-archive", "安徽省电子档案系统（演示）", "sim-ah-archive", 22)
DEMO_SYSTEMS = (UNIFIED, MAPPED)
