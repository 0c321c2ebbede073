"""The visit meter: what happened at a partner each day, in pages built exactly once from the journal."""
