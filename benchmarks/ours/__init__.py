"""Our side where no command of ours does just the measured work. Each prints one JSON object."""
