"""Persons: added once, found by what they sign in with, told as facts."""

from dataclasses import dataclass
from uuid import UUID

from tortoise.exceptions import IntegrityError

from app_server.kernel import db
from app_server.kernel.crypto import blind_index, unseal
from auth.people.errors import AlreadyRegistered, NoSuchPerson
from auth.people.models import Person
from auth.people.rules import masked_id_number, masked_name, masked_phone


@dataclass(frozen=True, slots=True)
class NewPerson:
    """What registration knows after the registry agreed."""

    name: str
    id_number: str
    sex: str
    ethnic_group: str
    phone: str
    username: str | None = None


@dataclass(frozen=True, slots=True)
class PersonFacts:
    """A person as other contexts may know one; plain values, decrypted."""

    id: UUID
    name: str
    id_number: str
    sex: str
    ethnic_group: str
    phone: str
    username: str | None

    @property
    def display_name(self) -> str:
        """The name with its middle hidden."""
        return masked_name(self.name)

    @property
    def masked_id_number(self) -> str:
        """The ID number without the birth date."""
        return masked_id_number(self.id_number)

    @property
    def masked_phone(self) -> str:
        """The phone without its middle."""
        return masked_phone(self.phone)


async def add_person(new: NewPerson) -> UUID:
    """Add a person; raises `AlreadyRegistered` when ID number, phone or name is taken (R-ID-01).

    Race-proof: the unique keyed index decides, not a look before.
    """
    async with db.unit_of_work():
        try:
            person_row = await Person.create(
                name=new.name,
                id_number=new.id_number,
                id_index=blind_index(new.id_number, "id_number"),
                sex=new.sex,
                ethnic_group=new.ethnic_group,
                phone=new.phone,
                phone_index=blind_index(new.phone, "phone"),
                username=new.username,
            )
        except IntegrityError as error:
            raise AlreadyRegistered from error
    return person_row.id


async def phone_taken(phone: str) -> bool:
    """Whether an account uses this phone."""
    return await Person.filter(phone_index=blind_index(phone, "phone")).exists()


async def find_by_id_number(id_number: str) -> UUID | None:
    """The person with this ID number, whatever became of the account."""
    found = await db.value(
        "SELECT id FROM people_person WHERE id_index=$1", blind_index(id_number, "id_number")
    )
    return found if isinstance(found, UUID) else None


async def find_by_login(login: str) -> UUID | None:
    """The person who signs in with this phone, ID number or user name (R-ID-03)."""
    text = login.strip()
    found = await db.value(
        "SELECT id FROM people_person WHERE state='active' AND "
        "(phone_index=$1 OR id_index=$2 OR username=$3) LIMIT 1",
        blind_index(text, "phone"),
        blind_index(text.upper(), "id_number"),
        text,
    )
    return found if isinstance(found, UUID) else None


async def person(person_id: UUID) -> PersonFacts:
    """The facts of a person; raises `NoSuchPerson`."""
    found = await Person.get_or_none(id=person_id)
    if found is None:
        raise NoSuchPerson
    return PersonFacts(
        id=found.id,
        name=found.name,
        id_number=found.id_number,
        sex=found.sex,
        ethnic_group=found.ethnic_group,
        phone=found.phone,
        username=found.username,
    )


async def display_name(person_id: UUID) -> str:
    """The masked name alone, by one small query; raises `NoSuchPerson`."""
    sealed = await db.value("SELECT name FROM people_person WHERE id=$1", person_id)
    if sealed is None:
        raise NoSuchPerson
    return masked_name(unseal(sealed, "people_person.name"))
