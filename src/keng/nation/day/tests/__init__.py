"""The day, from one loss's dice to a country that lives while its banks come and go."""
