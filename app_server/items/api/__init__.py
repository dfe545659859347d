"""Routes of items: guides and lists for everybody, the editors' desk for staff."""

from app_server.items.api import catalogue, editing, feed, files, guides, lists, registries

__all__ = ["catalogue", "editing", "feed", "files", "guides", "lists", "registries"]
