"""Where others call the bank: Kẻng at `/`, the bank's customers and the payment network at `/core/`."""
