"""Members and their cards. Personal data lives here, apart from the journal, and can be erased."""
