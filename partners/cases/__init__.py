"""Cases: what a partner holds against the books, from its opening to a correcting entry or a reasoned refusal."""
