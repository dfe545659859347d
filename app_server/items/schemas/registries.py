"""Shapes of the registries beside the items, of moderation, and of files."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import AfterValidator, Field

from app_server.items.schemas.editing import Org, Reason, storable
from app_server.items.schemas.open import REGION
from app_server.items.service import AgencyFacts, LibraryFacts
from app_server.kernel.http import Query, Shape, Text


class Office(Shape):
    """Which organisation reviews for a region."""

    region: str = Field(pattern=REGION)
    kind: Literal["establishment", "legal"]
    org: Org
    name: Annotated[Text, Field(min_length=2, max_length=80)]


class Offices(Shape):
    """All review offices."""

    offices: list[Office]


class MaterialWanted(Shape):
    """A material of the library."""

    material: Annotated[LibraryFacts, AfterValidator(storable)]


class MaterialKept(Shape):
    """The version the library holds now."""

    material_version: int


class LibraryQuery(Query):
    """Which materials."""

    q: str = Field(default="", max_length=40)
    after: str = Field(default="", max_length=40)


class Library(Shape):
    """A page of the library."""

    materials: list[LibraryFacts]


class IntermediaryWanted(Shape):
    """An intermediary service."""

    code: str = Field(pattern=r"^[a-z0-9-]{2,40}$")
    name: Annotated[Text, Field(min_length=2, max_length=120)]
    basis: Annotated[Text, Field(max_length=300)] = ""
    note: Annotated[Text, Field(max_length=300)] = ""


class AgencyWanted(Shape):
    """An agency."""

    agency: Annotated[AgencyFacts, AfterValidator(storable)]


class NegativeWanted(Shape):
    """Why an item may not be handled online."""

    reason: Reason
    basis: Annotated[Text, Field(min_length=2, max_length=300)]


class OldEntry(Shape):
    """An old address and the item it stands for now."""

    url: Annotated[Text, Field(min_length=8, max_length=500)]
    code: str = Field(pattern=r"^[0-9A-Z]{31}([0-9]{2})?$")
    department: Annotated[Text, Field(max_length=80)] = ""


class OldEntries(Shape):
    """Old addresses with where they lead."""

    entries: list[OldEntry]


class EntryQuery(Query):
    """Which old addresses."""

    after: str = Field(default="", max_length=500)


class WaitingPost(Shape):
    """A post that waits for a moderator."""

    id: UUID
    code: str
    text: str
    at: datetime


class WaitingPosts(Shape):
    """Posts to moderate."""

    posts: list[WaitingPost]


class Moderation(Shape):
    """What becomes of a post."""

    outcome: Literal["shown", "refused"]
    reason: Annotated[Text, Field(max_length=200)] = ""


class FileQuery(Query):
    """What kind of file, and its name."""

    source: Literal["gbt39046", "guangdong", "sichuan"]
    name: str = Field(default="items", max_length=120)


class ItemImportView(Shape):
    """How far a file is."""

    id: UUID
    source: str
    file_name: str
    state: str
    rows: int
    taken: int
    bad: int
    unchanged: int


class RowsQuery(Query):
    """Which rows of a file."""

    faulty: bool = True
    after: int = Field(default=0, ge=0, le=10_000_000)


class RowView(Shape):
    """A row as it came, with what is wrong with it."""

    number: int
    key: str
    state: str
    errors: list[dict[str, Any]]
    given: dict[str, Any]


class Rows(Shape):
    """Rows of a file."""

    rows: list[RowView]


class RowOutcome(Shape):
    """What became of a row."""

    code: str
    outcome: str
    message: str


class RowOutcomes(Shape):
    """What became of the rows."""

    rows: list[RowOutcome]
