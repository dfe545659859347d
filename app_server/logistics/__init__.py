"""Logistics (物流): parcels with results to people and with papers to offices, and their carriers.

包裹 = parcel, 运单号 = waybill, 揽收 = pick-up, 签收 = receipt, 物品清单 = contents (custody list),
寄递合同 = contract, 邮费 = postage. Several results travel in one parcel; the list's digest at
hand-over is the one at receipt. One port, two carriers (EMS, SF); a tenant's contracts say which
carrier comes first, a carrier that is out is switched for new parcels. Postage residents pay is a
bill of `payments`; parcels, bills and the carriers' own files are reconciled day by day. Called by
`cases` and `move_car`.
"""
