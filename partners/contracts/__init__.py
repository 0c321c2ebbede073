"""Partners, their locations, and the effective-dated terms between a partner and the network."""
