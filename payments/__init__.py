"""Payments (公共支付): bills, orders, attempts at a gateway, facts, and the ledger.

缴款单 = bill, 缴款识别码 = pay code, 订单 = order, 支付尝试 = attempt, 非税 = non-tax. The gateway
is the truth about money; one function applies every fact it tells, whichever way the fact came.
Money is integer fen. The ten rules of payments-channels.md §6.4 bind here.
"""
