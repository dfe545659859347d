"""Gateways behind one Protocol, one file each."""

from payments.providers.gateway import Gateway
from payments.providers.nontax import NonTaxGateway, nontax

__all__ = ["Gateway", "NonTaxGateway", "gateway", "nontax"]


def gateway(channel: str) -> Gateway:
    """The gateway of a channel; raises `KeyError` for one that is not configured."""
    return {"nontax": nontax}[channel]()
