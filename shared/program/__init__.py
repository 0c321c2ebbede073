"""The programme's rules: pure functions that propose points and say why."""
