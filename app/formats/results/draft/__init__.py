"""A draft as Markdown and JSON."""
