"""What tries rules, tried."""
