"""What is spoken with Kẻng: docs/partner-api.md as code, written without looking at Kẻng's side."""
