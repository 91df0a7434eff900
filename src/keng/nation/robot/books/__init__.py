"""What the bank keeps. Every function here runs inside a transaction that its caller opened."""
