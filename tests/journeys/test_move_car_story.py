"""A stranger moves a car: by the printed code, read from the picture of the sticker.

R-MOV-01…04: the owner's code, the page behind it without an account, an answer, and a code that
works no more once it was stopped.
"""

from pathlib import Path
from typing import Any

import pytest

from tests.builders.qr import scanned
from tests.journeys.conftest import Phone

pytestmark = pytest.mark.timeout(180)
OWNER = "13900000002"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the phone leaves the sticker, and finds what a camera read of it."""
    return tmp_path_factory.mktemp("sticker")


@pytest.fixture(scope="module")
def story_settings(folder: Path) -> dict[str, Any]:
    """Where the pictures go."""
    return {"pictures": "build/journey-move-car", "login": OWNER, "folder": str(folder)}


def test_the_owner_gets_a_code_for_the_own_car(phone: Phone, folder: Path) -> None:
    address = scanned(phone.tell("moving: gets a code for the own car")["picture"])
    assert "/move/" in address
    (folder / "scanned.txt").write_text(address)


def test_a_stranger_scans_the_sticker_and_asks_without_an_account(phone: Phone) -> None:
    phone.tell("moving: a stranger scans the sticker and asks")


def test_the_owner_answers_and_the_stranger_sees_it(phone: Phone) -> None:
    phone.tell("moving: the owner says that they are coming")


def test_a_stopped_code_is_nobodys(phone: Phone) -> None:
    phone.tell("moving: the owner stops the code")
