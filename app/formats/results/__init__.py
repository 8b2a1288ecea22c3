"""Results as files and text: pure functions over the core types."""
