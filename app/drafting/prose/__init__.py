"""From facts to sentences without a model."""
