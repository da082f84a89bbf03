"""May this person do this task: the coordinator's acceptance of a person for a task. Stands on volunteers and tasks."""
