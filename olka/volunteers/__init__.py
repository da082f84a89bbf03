"""The person as a volunteer: her standing. Stands on accounts; her sites are her volunteer roles."""
