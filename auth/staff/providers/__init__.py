"""The outside world of staff: department systems that take accounts from us."""
