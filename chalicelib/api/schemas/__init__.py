"""The types of the HTTP edge: they validate requests, shape replies and generate the OpenAPI document."""
