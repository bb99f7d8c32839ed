"""Rule files: read, checked, tried on their examples, and every mistake told where it stands."""
