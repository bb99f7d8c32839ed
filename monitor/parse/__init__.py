"""Feed documents into entries: pure functions of bytes."""
