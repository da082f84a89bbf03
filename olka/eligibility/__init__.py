"""May this person do this task: a coordinator's acceptance. Stands on volunteers and tasks."""
