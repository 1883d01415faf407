"""What payments by code plug into other rooms."""

from payments.cashier.sockets import SCENE_RULES
from payments.merchants.states import Scene
from payments.qr.scene import StaticDay

SCENE_RULES.plug(Scene.QR_STATIC, StaticDay())
