"""What a partner does at the till. API, connectors and demo call these use cases and no others."""
