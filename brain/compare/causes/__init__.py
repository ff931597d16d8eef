"""Why a layer differs: it is run alone, and known mistakes are tried until one gives the same.

`alone` runs one layer with the reference's numbers, `variants` are mistakes that a declaration or
its arrays can express, `formulas` those that need another formula, `finder` tries them all.
`losses` does so with the loss, `carried` with the state of a recurrent layer, and `ends` asks both
engines for them; `rules` are mistakes of optimizers.
"""
