"""What the CRM should carry, the difference to what it carries, and the protocol that writes it."""
