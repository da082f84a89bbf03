"""What goes in and out whole: the demo data. Stands on every room, and no room stands on it."""
