"""What payments by code plug into other rooms."""

from core.limits import sockets as caps
from payments.cashier.sockets import SCENE_RULES
from payments.merchants.states import Scene
from payments.qr.scene import StaticDay
from payments.qr.services.printed import CODES, TIME

SCENE_RULES.plug(Scene.QR_STATIC, StaticDay())
caps.plug(CODES, TIME)
