"""What readers get: the clock of public changes, rows that are public, pages that all may keep."""
