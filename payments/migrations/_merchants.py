"""What merchants may sell, everybody's first rate (0.60 %, at most 35.00) and everybody's first terms."""

from datetime import date

from core.first_rows import take_back
from core.ids import new_id

FIRST_DAY = date(2016, 7, 1)
CATEGORIES = [
    ("4111", "Local transport", "市内公共交通"),
    ("4121", "Taxis and ride hailing", "出租车及网约车"),
    ("4131", "Coaches", "长途客运"),
    ("4214", "Freight and couriers", "货运及快递"),
    ("4511", "Airlines", "航空公司"),
    ("4722", "Travel agencies", "旅行社"),
    ("4814", "Telephone services", "电信服务"),
    ("4816", "Network services", "网络服务"),
    ("4899", "Television services", "有线电视及付费电视"),
    ("4900", "Electricity, gas, water, heating", "水电燃气供暖"),
    ("5211", "Building materials", "建材"),
    ("5251", "Hardware", "五金"),
    ("5309", "Duty free shops", "免税店"),
    ("5311", "Department stores", "百货商店"),
    ("5411", "Supermarkets", "超市"),
    ("5422", "Meat and fish", "肉类及水产"),
    ("5451", "Dairy", "乳制品"),
    ("5462", "Bakeries", "面包糕点"),
    ("5499", "Convenience and food shops", "便利店及食品店"),
    ("5541", "Petrol stations", "加油站"),
    ("5651", "Clothing", "服装"),
    ("5661", "Shoes", "鞋类"),
    ("5712", "Furniture", "家具"),
    ("5722", "Household appliances", "家用电器"),
    ("5732", "Electronics", "电子产品"),
    ("5812", "Restaurants", "餐馆"),
    ("5813", "Bars", "酒吧"),
    ("5814", "Fast food and drinks", "快餐饮品"),
    ("5815", "Digital media", "数字媒体"),
    ("5816", "Games", "游戏"),
    ("5817", "Software", "软件应用"),
    ("5912", "Pharmacies", "药店"),
    ("5941", "Sporting goods", "体育用品"),
    ("5942", "Books", "书籍"),
    ("5943", "Stationery", "文具"),
    ("5945", "Toys and hobbies", "玩具及爱好"),
    ("5977", "Cosmetics", "化妆品"),
    ("5992", "Flowers", "鲜花"),
    ("5995", "Pet supplies", "宠物用品"),
    ("5999", "Other shops", "其他零售"),
    ("6513", "Rents and property management", "房屋租赁及物业"),
    ("7011", "Hotels", "酒店住宿"),
    ("7210", "Laundry", "洗衣"),
    ("7230", "Hairdressers and beauty", "美容美发"),
    ("7372", "Computing services", "计算机服务"),
    ("7523", "Parking", "停车场"),
    ("7538", "Car repair", "汽车维修"),
    ("7832", "Cinemas", "电影院"),
    ("7991", "Sights and exhibitions", "景点及展览"),
    ("7995", "Gambling", "博彩"),
    ("7997", "Sports clubs", "健身及俱乐部"),
    ("8011", "Doctors", "诊所"),
    ("8062", "Hospitals", "医院"),
    ("8211", "Schools", "中小学"),
    ("8299", "Training", "培训机构"),
    ("8398", "Charities", "慈善组织"),
    ("9311", "Taxes and fees of authorities", "税费及行政缴费"),
]
NOT_TAKEN = {"7995"}


def load(apps):
    category, rate, terms = (apps.get_model("payments", name) for name in ("MerchantCategory", "MerchantRate", "MerchantTerms"))
    category.objects.bulk_create(category(code=code, name_en=en, name_zh=zh, open=code not in NOT_TAKEN) for code, en, zh in CATEGORIES)
    rate.objects.create(id=new_id(), rate_ppm=6000, floor_fen=0, cap_fen=3500, effective_on=FIRST_DAY)
    terms.objects.create(
        id=new_id(), settlement_delay_days=1, reserve_bp=0, least_payout_fen=100, split_cap_bp=3000, fee_returned_on_refund=True,
        refund_days=365, refunds_most=50, effective_on=FIRST_DAY,
    )  # fmt: skip


def unload(apps, schema_editor):
    models = (apps.get_model("payments", name) for name in ("MerchantTerms", "MerchantRate", "MerchantCategory"))
    take_back(schema_editor, *(model.objects.all() for model in models))
