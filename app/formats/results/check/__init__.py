"""Findings as text, JSON, SARIF, HTML, xlsx."""
