"""Outgoing webhooks: a partner's endpoints are told of what happened at that partner, signed and in order."""
