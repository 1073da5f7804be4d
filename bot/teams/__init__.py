"""Who works here: roles, invites, working hours, and who of a team gets a lead."""
