"""Logistics (物流): parcels with results to people and with papers to offices, and their courier.

包裹 = parcel, 运单号 = waybill, 揽收 = pick-up, 签收 = receipt, 物品清单 = contents. Several
results travel in one parcel; the list's digest at hand-over is the one at receipt. Called by
`cases`.
"""
