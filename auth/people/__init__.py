"""People (自然人 = natural person): one record per human, how to reach them, what they agreed to.

手机号 = phone, 验证码 = one-time code, 同意 = consent. Lowest floor of auth: everything above
may ask it. Whoever needs a code sent binds nothing here: the sender is a port that the registry
fills with notify.
"""
