"""Where SM2 private keys are used."""
