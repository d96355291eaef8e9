"""What may be read and what the numbers mean: all SQL, all dates. Imports nothing of ours."""
