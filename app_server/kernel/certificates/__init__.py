"""X.509 for SM2 and P-256 (RFC 5280, GM/T 0015): keys, certificates, lists, chains.

`cryptography` reads no SM2, therefore the structures are `asn1crypto`'s and the signatures those
of `kernel.sm2` and `cryptography`. Private keys never come here: whoever builds gives a `Signer`.
"""
