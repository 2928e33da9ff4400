"""Our search and other stacks as they come, asked the same questions of the same passages in one run."""
