"""Organisations (法人和其他组织): companies, institutions, associations, and who acts for them.

统一社会信用代码 = unified social credit code, 法定代表人 = representative, 授权委托 = delegation.
A representative is a registered person first; a delegate may do what the first level allows and
nothing more. Called by auth.grants for a session's principal, and by the contexts above.
"""
