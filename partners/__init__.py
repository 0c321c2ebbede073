"""What belongs to one partner's relation with the network: contract, keys, visits, settlement, bill."""
