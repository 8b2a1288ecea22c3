"""Everything about a chat model: prompts, calls, what may be sent, what is kept of its answers."""
