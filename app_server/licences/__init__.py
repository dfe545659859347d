"""Electronic licences (电子证照): issued with the decision, sealed, shown, verified.

证照 = licence, 证照标识 = identifier (GB/T 36904), 亮证 = to show, 制证中 = making. A licence's
row, identifier, digest and seal-use authorisation commit with the decision; the seal's signature
follows by a job, and until then the licence is 制证中.
"""
