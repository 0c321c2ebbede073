"""The network's operators: people with names and roles, and the short-lived tokens they work with."""
