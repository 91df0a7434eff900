"""The processes of an installation: serve, worker, sequencer, and all of them with a country in `demo`."""
