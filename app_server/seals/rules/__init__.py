"""Pure reckoning of seals: their life, the leave to use them, their ASN.1 and certificates."""
