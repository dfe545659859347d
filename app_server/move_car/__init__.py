"""码上挪车: a sticker on the windscreen through which a stranger asks an owner to move a car.

Words: code (挪车码), sticker (码贴), request (挪车请求), ladder (站内消息 → 短信 → 匿名通话 →
交警), hand-over (转交警). Neither side ever learns the other's number; no charge is made. Called
by its own routes only; asks sharing whose vehicle it is, sends words by notify and stickers by
logistics.
"""
