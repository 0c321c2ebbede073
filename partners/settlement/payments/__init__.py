"""Settlements paid: money collected from debtors and paid to creditors, leg by leg."""
