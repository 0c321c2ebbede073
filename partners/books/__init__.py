"""The network's books: what it owes to members, month by month, counted from the journal itself."""
