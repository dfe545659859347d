"""Themes (一件事): what a person or a company sees as one thing, made of several items.

模板 = a template: questions, and from their answers the parts, their order, what is done on the
spot and what one holds in the end. A template is data in immutable versions and is valid for the
whole province: each part is found by its basic code in the place where somebody applies. 认领 =
the claim board, on which cities take items over, build them and hand them to the other cities.
投资平台 = the investment platform, told of every bundle that bears a national project code. Stands
above cases, which files and runs the bundles; called by nobody but its own routes.
"""
