"""What is said of many drafts together, as text, JSON, HTML, xlsx."""
