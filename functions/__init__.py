"""Event-driven Lambda handlers, one file each: parse, call one service, say what failed."""
