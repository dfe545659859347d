"""Builders: one small file per context, making things through the services."""
