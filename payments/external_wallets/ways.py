"""What each adapter of an external wallet takes as a party: who pays there, or in which way (docs/channels.md). Pure."""

from payments.cashier.sockets import Party

NAMED = "(?=[0-9-]*[A-Za-z_])[0-9A-Za-z_-]"
"""The signs of another house's ids: never digits alone, which could be a card's number."""
WECHAT_PAY = Party(
    form=rf"app|jsapi:{NAMED}{{16,128}}",
    en="Leave it out for a code to scan; `jsapi:` and the payer's openid on a page or in a mini program; `app` in an app.",
    zh="留空为扫码支付;公众号网页或小程序内为 `jsapi:` 加付款人 openid;App 内为 `app`。",
)
ALIPAY = Party(
    form=rf"user:2088[0-9]{{12}}|openid:{NAMED}{{16,128}}",
    en="Leave it out for a code to scan; `user:` and the buyer's 2088... id, or `openid:` and their open id, in a mini program.",
    zh="留空为扫码支付;小程序内为 `user:` 加买家 2088 开头的用户号,或 `openid:` 加其 open id。",
)
STRIPE = Party(
    form=r"pm_(?=[0-9]*[A-Za-z])[0-9A-Za-z]{8,128}",
    en="The id `pm_...` of a payment method that the app has just made with Stripe's own library and attached to nobody.",
    zh="App 刚用 Stripe 官方组件创建、未关联任何客户的支付方式编号 `pm_...`。",
    needed=True,
)
PARTIES = {"wechat_v3": WECHAT_PAY, "alipay": ALIPAY, "stripe": STRIPE}
"""By adapter: those that take a payment without a card signed here. A `cus_.../pm_...` of Stripe is not taken: whoever knew another's
could pay with it."""
