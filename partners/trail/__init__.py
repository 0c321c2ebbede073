"""The audit trail: who changed what, when, from what to what, and why. Records are added and never changed."""
