"""Who lives in the nation: names, numbers, birth dates, deaths."""
