"""Proving who one is: faces, certifications, acts; and the officers' side."""

from auth.identity.api import acts, certifications, desk, faces, liveness, voice

__all__ = ["acts", "certifications", "desk", "faces", "liveness", "voice"]
