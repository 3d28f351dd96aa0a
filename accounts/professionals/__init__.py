"""Health professionals: they register, an editor approves them, and they read what is reserved."""
