"""What admins learn about the work: numbers, pictures, costs, alarms."""
