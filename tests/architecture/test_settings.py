"""What an operator can set is written down."""

import importlib
from pathlib import Path

from pydantic_settings import BaseSettings

from app_server import registry
from app_server.kernel.settings import VendorSettings

ROOT = Path(__file__).parents[2]
DOCUMENT = (ROOT / "docs/settings.md").read_text(encoding="utf-8")


def _settings() -> list[type[BaseSettings]]:
    found = []
    for context in registry.CONTEXTS:
        for path in sorted(ROOT.joinpath(*context.split("."), "providers").glob("*.py")):
            name = f"{context}.providers.{path.stem}".removesuffix(".__init__")
            kept = vars(importlib.import_module(name)).values()
            found += [
                one for one in kept
                if isinstance(one, type) and issubclass(one, BaseSettings) and one.__module__ == name
            ]  # fmt: skip
    return found


def test_every_setting_of_an_outside_party_is_documented():
    vendor_fields = set(VendorSettings.model_fields)
    settings = _settings()
    assert len(settings) > 10
    for one in settings:
        prefix = one.model_config["env_prefix"]
        if issubclass(one, VendorSettings):
            row = next((line for line in DOCUMENT.splitlines() if f"| `{prefix}` |" in line), "")
            assert row, f"{prefix} has no row"
            for name in set(one.model_fields) - vendor_fields:
                assert f"`{name.upper()}`" in row, f"{prefix}{name.upper()}"
        else:
            for name in one.model_fields:
                assert f"`{prefix}{name.upper()}`" in DOCUMENT


def test_no_two_parties_share_a_prefix():
    prefixes = [one.model_config["env_prefix"] for one in _settings()]
    assert sorted(set(prefixes)) == sorted(prefixes)
