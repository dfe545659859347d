"""The carriers of this instance."""

from functools import lru_cache

from app_server.logistics.providers.courier import Courier
from app_server.logistics.providers.ems import Ems, EmsSettings
from app_server.logistics.providers.sf import Sf, SfSettings


@lru_cache(maxsize=1)
def carriers() -> dict[str, Courier]:
    """Every carrier behind the port, by name."""
    return {"ems": Ems(EmsSettings()), "sf": Sf(SfSettings())}
