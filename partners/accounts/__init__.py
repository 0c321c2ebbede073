"""Accounts of one customer brought together, and the end of an account: the network operator's decisions."""
