"""What all partners share: kernel, ledger, members, programme."""
