"""Pure rules of search: what a query is, and which regions it looks into."""

from app_server.kernel import regions

LIMIT = 20
MAX_QUERY = 40


def tidy(text: str) -> str:
    """The query as it is compared: lower case, no blanks (people type 公租 房)."""
    return "".join(text.lower().split())[:MAX_QUERY]


def like(text: str) -> str:
    """A LIKE pattern for "contains", with the pattern signs taken literally."""
    escaped = text.replace("\\", "\\\\").replace("%", r"\%").replace("_", r"\_")
    return f"%{escaped}%"


def above(region: str) -> list[str]:
    """The region and every one above it: whose services hold here, too."""
    found = [region]
    while (parent := regions.parent_of(found[-1])) is not None:
        found.append(parent)
    return found


def below(region: str) -> str:
    """The LIKE pattern of the region and everything in it."""
    level = regions.level_of(region)
    return {"province": region[:2], "city": region[:4]}.get(level, region) + "%"
