"""API keys: which partner is calling, and what it may do."""
