"""Rules tried before they are trusted: on examples, on scenarios, on the archive, and against their own mutations."""
