"""What the machine said of each report: called what, how sure, by which model, and where in the text it says why."""
