"""Evaluations (好差评): one rating per case, asked for when it closes.

评价邀请 = invitation, 星级 = stars, 差评 = bad rating. Stars are what people see (5 = 非常满意);
stored is the national code, which runs the other way (1 = 非常满意, GB/T 39046).
"""
