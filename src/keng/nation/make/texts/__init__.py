"""What people write: crews, brands and domain names, voices, reports."""
