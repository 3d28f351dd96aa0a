"""What readers get, and who may keep it: the clock of public changes, live rows, public pages."""
