"""The writers' workspace: drafts kept on disk, written in the background, read back."""
