"""Files for the network's bank, and what it answers. On the operator's machine: bank accounts are kept nowhere else."""
