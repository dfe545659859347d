"""Papers handed in once and offered again (R-ITM-23): valid ones of trust class A or B."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from app_server.forms.models import Paper
from app_server.kernel import clock
from app_server.kernel.ids import uuid7

REUSABLE = frozenset({"A", "B"})


def files_of(material: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The files of a material in their order."""
    file = material.get("file")
    files: list[dict[str, Any]] = material.get("files") or []
    if not file:
        return []
    # A material replaced later by one file names only that one (cases' corrections).
    return files if files and files[0]["id"] == file["id"] else [file]


async def keep_papers(person_id: UUID, materials: Sequence[Mapping[str, Any]]) -> None:
    """Remember the reusable papers of an application, the newest of each kind."""
    for material in materials:
        files = files_of(material)
        if not files or not _reusable(material):
            continue
        days = material.get("valid_days")
        reused = files[0].get("reused_until")
        until = clock.today() + timedelta(days=days) if days else None
        # A paper used again does not grow younger.
        if "reused_from" in files[0]:
            until = date.fromisoformat(reused) if reused else None
        await Paper.update_or_create(
            defaults={
                "files": files,
                "kept_at": clock.now(),
                "valid_until": until,
            },
            person_id=person_id,
            library=material["library"],
        )


def _reusable(material: Mapping[str, Any]) -> bool:
    return bool(material.get("library")) and material.get("source_class") in REUSABLE


async def paper_of(person_id: UUID, library: str) -> Paper | None:
    """A person's valid stored paper of a kind: asking for it again is needless."""
    found = await Paper.get_or_none(person_id=person_id, library=library)
    if found is None or (found.valid_until and found.valid_until < clock.today()):
        return None
    return found


async def filled_from_papers(
    person_id: UUID, materials: Sequence[Mapping[str, Any]]
) -> list[dict[str, Any]]:
    """The materials of a new draft, filled with what the person handed in before."""
    filled = []
    for material in materials:
        files: list[dict[str, Any]] = []
        if _reusable(material) and (paper := await paper_of(person_id, material["library"])):
            files = [_again(file, paper) for file in paper.files]
        filled.append({**material, "file": files[0] if files else None, "files": files})
    return filled


def _again(file: Mapping[str, Any], paper: Paper) -> dict[str, Any]:
    since = file.get("reused_from") or clock.local(paper.kept_at).date().isoformat()
    until = paper.valid_until.isoformat() if paper.valid_until else None
    return {**file, "id": str(uuid7()), "reused_from": since, "reused_until": until}
