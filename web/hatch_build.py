"""Build hook: puts the built front end into the wheel."""
