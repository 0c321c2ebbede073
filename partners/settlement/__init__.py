"""What each partner owes the network or is owed by it for a period, explained to the last point."""
