"""Electronic licences (电子证照): issued with the decision, sealed, shown, shared, verified.

证照 = licence, 证照标识 = identifier (GB/T 36904), 目录 = directory of types, 亮证 = to show,
制证中 = making, 变更/延续/暂停/撤销 = change/renew/suspend/revoke, 归集 = taking in what was issued
before, 互认 = to recognise another office's proof, 代为出示 = to show for the holder. A licence's
row, identifier, digest, status place and seal-use authorisation commit with the decision; the
seal's signature and the files follow by a job, and until then the licence is 制证中.
"""
