"""Examples of what hpsearch writes, and the command that makes them."""
