"""Forms (表单): definitions by JSON Schema, drafts that people fill in, files they add.

表单定义 = form definition, 草稿 = draft, 预填 = prefill, 材料 = material. Forms validates and
stores; it never fetches: whoever opens a draft brings the prefilled values and their source.
Called by `items` (publishes definitions) and `cases` (opens, reads and closes drafts).
"""
