"""The append-only journal of points. One entry a change; an account is its last entry."""
