"""How far a partner is within its funding: what it owes for what it granted, against its cap or what it paid in."""
