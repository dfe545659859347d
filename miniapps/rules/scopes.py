"""Permissions an app may ask for, and the browser features that go with them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

TICKET_SCOPE = "auth.ticket"
TICKETS_CLIENT_SCOPE = "miniapps.tickets"


@dataclass(frozen=True, slots=True)
class Scope:
    """A permission an app may ask for, and the browser feature that goes with it."""

    title: str
    feature: str = ""


SCOPES: Mapping[str, Scope] = MappingProxyType(
    {
        TICKET_SCOPE: Scope("知道是您在使用"),
        "device.geolocation": Scope("获取您的位置", "geolocation"),
        "device.camera": Scope("使用相机", "camera"),
        "device.microphone": Scope("使用麦克风", "microphone"),
    }
)

# Everything a frame could be given; what is not granted is denied by name.
_FEATURE_NAMES = (
    "accelerometer autoplay camera display-capture encrypted-media fullscreen geolocation "
    "gyroscope hid idle-detection magnetometer microphone midi payment picture-in-picture "
    "publickey-credentials-get screen-wake-lock serial usb xr-spatial-tracking"
)
FEATURES = tuple(_FEATURE_NAMES.split())


def features_of(scopes: Iterable[str]) -> list[str]:
    """The browser features that reviewed scopes bring, in a fixed order."""
    return sorted({SCOPES[scope].feature for scope in scopes if SCOPES[scope].feature})


def permissions_policy(granted: Iterable[str]) -> str:
    """The Permissions-Policy of one app: everything denied but what was granted."""
    allowed = set(granted)
    return ", ".join(f"{name}=({'self' if name in allowed else ''})" for name in FEATURES)
