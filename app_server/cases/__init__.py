"""Cases (办件): what a person applied for, on its way from submission to close.

草稿 = draft, 受理 = accept, 补正告知 = correction request, 不予受理 = not accepted, 缴费 = fee,
决定 = decision (准予 approve, 不予 refuse), 办结 = close, 撤回 = withdraw, 办件编号 = case number.
Residents submit and follow, officers of the item's department review. Called by `evaluations`,
`themes`, `hotline` and everything above; calls items, forms, licences, sharing and payments.
"""
