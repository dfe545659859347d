"""Pure rules of ratings."""

BEST_STARS = 5
BAD_STARS = 2


def gb_code(stars: int) -> int:
    """Stars as the national code: 5 stars are 1 (非常满意); its mirror is itself."""
    return BEST_STARS + 1 - stars


def is_bad(stars: int) -> bool:
    """不满意 and 非常不满意 must be put right within 15 working days."""
    return stars <= BAD_STARS
