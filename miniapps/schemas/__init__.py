"""Shapes of requests and replies of mini-apps."""
