"""What officers say of the machine's verdicts, and what another model would say of stored reports before it goes live."""
