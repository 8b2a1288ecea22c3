"""Frozen core types; nothing here imports a third-party package."""
