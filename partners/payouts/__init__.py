"""Cashback paid out in money, by the network operator."""
