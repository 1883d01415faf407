"""Every write of the room: deciding, reviewing, listing, switching rules."""
