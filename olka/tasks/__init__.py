"""What volunteers do: tasks, their descriptions, and where each is done. Stands on sites."""
