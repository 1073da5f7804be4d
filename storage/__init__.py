"""Tables, migrations and units of work; speaks the domain's words."""
