"""The machine's door: reports in, tracking, the partner API."""
