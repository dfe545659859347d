"""Electronic seals (电子印章): keys of organisations, and the authorised, recorded use of them.

印章 = seal, 用印授权 = authorisation to use it once for one digest. A signature exists only where
an authorisation was given in the transaction of the decision it seals.
"""
