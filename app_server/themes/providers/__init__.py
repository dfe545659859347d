"""The investment platform."""
