"""Appointments (预约): seats at a hall at a time, booked for an item.

预约号源 = slot, 大厅 = hall, 爽约 = no-show. A slot has seats; booking takes one by a conditional
update, so the last seat goes once. Halls open on working days only. Called by residents and
windows over HTTP; `cases` may look and book above.
"""
