"""Sales that partners make elsewhere: events of Shopify and Square and till files, turned into our commands."""
