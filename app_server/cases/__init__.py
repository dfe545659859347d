"""Cases (办件): what a person applied for, on its way from submission to close.

草稿 = draft, 受理 = accept, 补正告知 = correction request, 不予受理 = not accepted, 缴费 = fee,
决定 = decision (准予 approve, 不予 refuse), 办结 = close, 撤回 = withdraw, 办件编号 = case number,
预审 = pre-review, 特别程序 = special procedure, 转报 = forward, 文书 = document, 协办 = sub-task,
综合窗口 = window, 统一出件 = outlet. Residents submit and follow, officers of the item's department
review, any window takes in and hands out. Called by `evaluations`,
`themes`, `hotline` and everything above; calls items, forms, licences, sharing and payments.
"""
