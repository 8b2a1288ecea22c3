"""Which fact is told where."""
