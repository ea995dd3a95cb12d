"""One kind of series a module, and what each is made of: spectra fitted alone in, what they tell together out.

`lipon_eis.series.KINDS` names them; nothing else imports them, so a kind costs nothing until it is asked for.
"""
