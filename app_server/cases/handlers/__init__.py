"""What happens when something was announced: deeds of our own, and words to the applicant."""

from app_server.cases.handlers import bundling, doing, telling

__all__ = ["bundling", "doing", "telling"]
