"""What `nianbao run` is made of: its acts, its lease, its clock, its health, its backups."""
