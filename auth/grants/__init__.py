"""Grants: passwords, sessions, tokens, channel log-ins, and clients of the partner surface.

会话 = session, 令牌 = token, 登录 = sign-in, 注册 = registration. Registration is a command of
this floor because it sets a password. City backends and department systems are clients here;
each context's routes name the scopes that may call them.
"""
