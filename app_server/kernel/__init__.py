"""The ground floor: everything a context stands on, and not one word of business.

May be called by every context; calls none of them.
"""
