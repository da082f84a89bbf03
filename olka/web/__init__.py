"""Pages: views, forms, gates and errors; one folder per audience."""
