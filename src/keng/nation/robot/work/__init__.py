"""What the bank does by itself: send answers, take late decisions, fetch what it missed."""
