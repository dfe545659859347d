"""The province's host: the kernel, the business contexts, and the front doors."""
