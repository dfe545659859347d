"""Search (搜索): one box over everything that can be done, filled by what others announce.

俗称 = colloquial alias, 热门 = popular. Search keeps its own table and never asks other contexts
while somebody types. Called by `portal` and the residents' front end.
"""
