"""Two-sided reconciliation: a partner's own lines of a window against ours, line by line."""
