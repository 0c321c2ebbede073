"""`tessera`: what an operator asks of a deployment."""
