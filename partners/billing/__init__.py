"""What a month costs a partner: its locations and its visits. The only room that may import stripe."""
