"""An organisation keeps its own data: one person proposes, another decides."""
