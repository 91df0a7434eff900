"""Signs of mule accounts on the desk: shadow runs, rules made live by two persons, and lists of suspects from banks."""
