"""Who and where: areas, communities, people, households, volunteers, teams, roles, notices, sign-in."""
