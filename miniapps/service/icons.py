"""Icons: SVG pictures that can do nothing but be looked at.

The shell shows them as images of its own origin, and somebody may open one as a page, so an icon
that could run, load or link anything is refused at upload instead of being mended.
"""

import re
from xml.etree import ElementTree as ET

from miniapps.errors import PackageRefused
from miniapps.rules import MAX_ICON

_SVG = "{http://www.w3.org/2000/svg}"
_INERT_ELEMENTS = (
    "svg g defs path rect circle ellipse line polyline polygon linearGradient radialGradient "
    "stop clipPath mask title desc"
)
_INERT_ATTRIBUTES = (
    "id d x y x1 y1 x2 y2 cx cy r rx ry fx fy width height viewBox points transform fill stroke "
    "stroke-width stroke-linecap stroke-linejoin stroke-dasharray stroke-opacity fill-opacity "
    "fill-rule clip-rule clip-path mask opacity offset stop-color stop-opacity gradientUnits "
    "gradientTransform preserveAspectRatio role aria-label"
)
_ELEMENTS = frozenset(_INERT_ELEMENTS.split())
_ATTRIBUTES = frozenset(_INERT_ATTRIBUTES.split())
# Local references to gradients and clips; nothing outside the picture.
_LOCAL = re.compile(r"url\(#[A-Za-z][A-Za-z0-9_-]*\)")


def check_icon(data: bytes) -> None:
    """Raise `PackageRefused` unless this is a small, inert SVG."""
    if len(data) > MAX_ICON:
        raise PackageRefused("图标不能超过 32 KB")
    # Before parsing: entities are how an XML parser is made to work without end.
    if b"<!" in data.replace(b"<!--", b"") or b"<?xml-stylesheet" in data:
        raise PackageRefused("图标不能含有 DTD 或外部样式")
    try:
        root = ET.fromstring(data.decode())  # noqa: S314 - no DTD, no entities, 32 KB
    except (ET.ParseError, UnicodeDecodeError) as error:
        raise PackageRefused("图标不是有效的 SVG") from error
    if root.tag != f"{_SVG}svg":
        raise PackageRefused("图标不是有效的 SVG")
    for element in root.iter():
        _check_element(element)


def _check_element(element: ET.Element) -> None:
    if element.tag.removeprefix(_SVG) not in _ELEMENTS or not element.tag.startswith(_SVG):
        raise PackageRefused(f"图标中不允许的元素：{element.tag[-40:]}")
    for name, value in element.attrib.items():
        if name not in _ATTRIBUTES:
            raise PackageRefused(f"图标中不允许的属性：{name[-40:]}")
        if ":" in value or "url(" in _LOCAL.sub("", value):
            raise PackageRefused(f"图标不能引用外部内容：{name}")
