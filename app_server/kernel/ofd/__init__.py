"""OFD 版式文档 (GB/T 33190-2016): writing sheets, opening packages, and the places of e-seals.

`writing` sets sheets in type and packs them, `reading` opens what strangers send, strictly,
`signing` leaves a place for the bytes of an e-seal signature (电子签章, GB/T 38540) and puts them
there, `rendering` draws a page as a picture. What the signature itself says is not known here.
Whoever needs documents of record may call it; it holds no business words and no database.
"""
