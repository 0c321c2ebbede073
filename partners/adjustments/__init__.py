"""Points granted or taken by the operator's decision: with a reason, and by two people above a limit."""
