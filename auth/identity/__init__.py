"""Identity (实名认证): evidence of who somebody is, and the tier that follows from it.

等级 = tier: 0 匿名, 1 初级, 2 中级, 3 高级 (per act only). 证据 = evidence: source, who, when,
expiry, digest. A tier is reckoned from live evidence and never stored. The registries it checks
against are a port that the registry fills with sharing.
"""
