"""Why a red packet says no."""

from core.errors import DomainError


class ShareTooLarge(DomainError):
    code = "red_packet_share_too_large"
    status = 422
    en = "A share of a red packet is at most {most_fen} fen. Send less, or cut it into more shares."
    zh = "单个红包最多 {most_fen} 分,请减少金额或增加红包个数。"


class SharesTooSmall(DomainError):
    code = "red_packet_shares_too_small"
    status = 422
    en = "Each share needs at least 1 fen. Send more, or cut it into fewer shares."
    zh = "每个红包至少 1 分,请增加金额或减少红包个数。"


class SharesUneven(DomainError):
    code = "red_packet_shares_uneven"
    status = 422
    en = "{amount_fen} fen do not make {count} equal shares. Send an amount that divides, or choose the kind lucky."
    zh = "{amount_fen} 分无法平均分成 {count} 个红包,请调整金额或选择拼手气红包。"


class TooManyShares(DomainError):
    code = "red_packet_too_many_shares"
    status = 422
    en = "A red packet has at most {most} shares."
    zh = "红包最多 {most} 个。"


class PersonalNotShared(DomainError):
    code = "red_packet_personal_not_shared"
    status = 422
    en = "A red packet for one customer has one share of a fixed amount. Leave the customer out to share it by link."
    zh = "发给个人的红包只能是一个固定金额;如需多人领取,请使用链接红包。"


class DailyNumberReached(DomainError):
    code = "red_packet_daily_number"
    status = 429
    en = "You have sent {cap} red packets today, which is the most. Send the next one tomorrow."
    zh = "您今天已发出 {cap} 个红包,已达上限,请明天再发。"


class RedPacketGone(DomainError):
    code = "red_packet_gone"
    en = "All shares of this red packet are taken. Nothing was moved."
    zh = "手慢了,红包已被领完。"


class RedPacketOver(DomainError):
    code = "red_packet_over"
    en = "The time to take this red packet is over; what nobody took goes back to the sender."
    zh = "红包已过期,未领取的金额将退回发送者。"


class RedPacketTaken(DomainError):
    code = "red_packet_taken"
    en = "You have a share of this red packet already. Read the packet to see it."
    zh = "您已领取过该红包,可查看红包详情。"


class SenderTakesNone(DomainError):
    code = "red_packet_sender_takes_none"
    en = "You sent this red packet: it is for others. The sender takes a share only of a lucky packet sent by link."
    zh = "这是您发出的红包,需由他人领取;仅拼手气链接红包可由发送者领取。"


class RedPacketPaused(DomainError):
    code = "red_packet_paused"
    en = "This red packet cannot be taken now. Unless that changes in time, the money goes back to the sender."
    zh = "该红包暂时无法领取;如逾期仍无法领取,款项将退回发送者。"
