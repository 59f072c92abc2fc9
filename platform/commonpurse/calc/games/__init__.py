"""What joint buying costs or saves, divided by the rules of cooperative games; and who would gain by leaving.

- `table`: a game given by the cost, or the saving, of every group.
- `counting`: how many groups of each size have each volume, packed into Python integers.
- `volume`: a game given by everybody's volume and one tariff; equal price.
- `gains`: in proportion to volume, and what is gained shared equally or in proportion to what each has alone.
- `core`: groups that would gain by leaving.
- `shapley`: the Shapley value, over a table or over volume.
- `separable`: separable costs and remaining benefits, alternate cost avoided, equal non-separable cost, Gately.
- `tau`: the tau value.
- `frame`: exact changes of basis in integers.
- `nucleolus`: the nucleolus, with a certificate that proves it.

A cost game says what a group pays on its own: a division pleases a group whose payments are below that. A saving
game says what a group saves on its own: the other way round. Every rule takes either and answers in its terms.

What the rules promise holds for their exact shares, which stand in the steps. Whole pence differ from these by less
than one each, so a group that was just content may lack a few; `core` looks at either.
"""
