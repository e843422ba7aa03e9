"""Put on PYTHONPATH by tests: adds an inpainter that kills its own process at a red picture, as broken native code would."""

import ieiw.models.roles

ieiw.models.roles.INPAINT.backends["hostile"] = "hostile_painter:Hostile"
