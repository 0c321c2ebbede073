"""Does the whole book hold? Walks the journal, counts it again and compares it with the pages."""
