"""Reports of invented scams with their truth, to judge `keng link` by. Shares nothing with the engine or with the nation."""
