"""Federation (用户同步与互认): the province's and the cities' platforms, side by side.

用户同步 = synchronising users: 增量 = every new or changed user is pushed to the home city, 存量 =
the users a city had before are imported once. 互认 = mutual recognition: who signed in at one
platform is recognised at another through the province. 级别 = level of a platform. Platforms speak
by signed messages over the partner surface; docs/decisions/0010 says how. Called by nobody but its
own routes, and by app_server.main for the frame policy of the registration page.
"""
