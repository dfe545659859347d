"""What the shapes of themes have in common."""

from typing import Annotated, Any, TypeVar

from pydantic import StringConstraints

from app_server.kernel.http import Shape, Text

T = TypeVar("T", bound=Shape)
Name = Annotated[Text, StringConstraints(min_length=2, max_length=120)]


def taken(shape: type[T], source: Any) -> T:
    """A shape out of what bears the same names; tuples become lists."""
    told = {name: getattr(source, name) for name in shape.model_fields}
    return shape(**{k: list(v) if isinstance(v, tuple) else v for k, v in told.items()})
