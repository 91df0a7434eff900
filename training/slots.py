"""What stands in the slots of templates: names, numbers, amounts, links. Numbers are drawn, nobody's on purpose."""

from __future__ import annotations

import re
from collections.abc import Callable
from random import Random

BANKS = "Vietcombank VCB Techcombank BIDV VietinBank Agribank MB MBBank ACB Sacombank VPBank TPBank HDBank VIB SHB SCB Eximbank OCB MSB SeABank LPBank".split()
ENGLISH_BANKS = (
    (
        "Chase HSBC Barclays Lloyds Citibank Wells_Fargo NatWest Santander Bank_of_America PayPal ANZ DBS OCBC UOB Halifax Nationwide Monzo "
        "Revolut TD_Bank RBC Capital_One CommBank Westpac NAB SBI HDFC_Bank ICICI_Bank Axis_Bank PNB Kotak GTBank Zenith_Bank Access_Bank UBA Maybank"
    )
    .replace("_", "~")
    .split()
)
SHOPS = "Shopee Lazada Tiki TikTok Điện_Máy_Xanh Thế_Giới_Di_Động Vinmart Big_C Sendo Amazon Co.opmart FPT_Shop Aeon".split()
ENGLISH_SHOPS = "Amazon Walmart eBay Target Tesco Netflix Costco Argos IKEA Apple Asda Lidl Sephora Nike Flipkart Shopee Lazada Starbucks Jumia".split()
POSTS = "VNPost GHTK GHN J&T Viettel_Post Ninja_Van Giao_Hàng_Nhanh EMS".split()
CARRIERS = "Viettel VinaPhone MobiFone Vietnamobile".split()
ENGLISH_CARRIERS = (
    "DHL USPS FedEx UPS Royal_Mail Evri DPD Australia_Post SingPost India_Post Blue_Dart Canada_Post".replace(
        "_", "~"
    ).split()
)
NAMES = "Nguyễn_Văn_Hùng Trần_Thị_Lan Lê_Minh Phạm_Quốc_Bảo Hoàng_Anh Võ_Thị_Mai Đặng_Tuấn Bùi_Thu_Hà Minh_Anh Lan Hương Tuấn Nam Linh Thảo Hải Dũng Ngọc Quân Trang".split()
ENGLISH_NAMES = "James Sarah Emily Kevin Linda Michael Anna Daniel David_Brown Grace Robert Mary Priya Rahul_Sharma Chidi Ngozi Wei_Ling Tan Fatima Ahmed Olivia Jack".split()
PLACES = "Hà_Nội TP.HCM Đà_Nẵng Cần_Thơ Hải_Phòng Bình_Dương Thanh_Hóa Nghệ_An Huế Đồng_Nai Long_An quận_7 Gò_Vấp Thủ_Đức Cầu_Giấy Bắc_Ninh Nha_Trang Vinh Cà_Mau Hóc_Môn".split()
LURES = "nhanqua trian hoantien xacthuc xacminh capnhat hotro khuyenmai mokhoa huydichvu tracuu phatnguoi vaynhanh sukien quatang dangky uudai thongbao cskh baomat online".split()
WORDS = "alpha sunrise hoanglong minhphat vina global king star rich golden lucky smart easy home thanhdat daiphat sao bigwin green city mega".split()
ENGLISH_LURES = "verify secure login update billing redelivery parcel claim reward refund support account alert toll cancel payee help".split()
BETS = "ku88 nohu99 b52club go88 sunwin vip79 789bet win68 bong88 f8vip hit68 shbetz k88 taixiu88 jun8 new88z rikvn 68game banca88 luckyspin xoso66".split()
BRANDS = "vcb vietcombank tpbank bidv shopee lazada vnpost evn vneid dichvucong csgt momo zalopay acb agribank usps dhl netflix paypal amazon hsbc apple ezpass hmrc mbbank viettel".split()
ENGLISH_BRANDS = "usps dhl ups fedex royalmail evri auspost singpost netflix paypal amazon hsbc chase natwest barclays dbs sbi apple icloud microsoft ezpass sunpass dmv hmrc irs ato govuk dvla nhs coinbase meta".split()
CHEAP = "top xyz vip cc icu club fun site online live click cfd sbs shop info life pro store asia win".split()
PLAIN = "com net vn com.vn org co".split()
OFFICIAL = "vietcombank.com.vn techcombank.com shopee.vn thegioididong.com viettel.vn evn.com.vn dichvucong.gov.vn gdt.gov.vn momo.vn acb.com.vn fptshop.com.vn lazada.vn mobifone.vn youtu.be/x7Kq drive.google.com/abc moet.gov.vn vpbank.com.vn tiki.vn".split()
ENGLISH_OFFICIAL = "amazon.co.uk tesco.com argos.co.uk royalmail.com evri.com/track dhl.com gov.uk nhs.uk hsbc.co.uk chase.com usps.com walmart.com target.com ikea.com netflix.com airtel.in flipkart.com dbs.com.sg auspost.com.au youtu.be/x7Kq drive.google.com/abc maps.google.com/abc eventbrite.com uber.com".split()
SHORT = "bit.ly tinyurl.com cutt.ly s.id is.gd t.ly".split()
BUILDERS = "weebly.com blogspot.com vercel.app web.app pages.dev wixsite.com".split()
TRICKS_TOLD = """giả danh công an gọi điện yêu cầu chuyển tiền|giả mạo ngân hàng gửi tin nhắn chứa đường link|giả nhân viên điện lực dọa cắt điện|dụ làm nhiệm vụ online nạp tiền nhận hoa hồng|gọi điện báo con bị tai nạn cấp cứu để lừa chuyển tiền|giả shipper yêu cầu chuyển khoản|giả cán bộ phường hướng dẫn cài VNeID giả|tuyển cộng tác viên việc nhẹ lương cao|hack Facebook nhắn tin mượn tiền|dùng deepfake gọi video mượn tiền|mạo danh nhà mạng dọa khóa SIM|lập sàn đầu tư chứng khoán giả|cho vay qua app lãi cắt cổ|bán hàng online nhận cọc rồi chặn|nhắn trúng thưởng rồi đòi nộp phí|xin mã OTP|kết bạn làm quen rồi báo gửi quà bị hải quan giữ|bán combo du lịch giá rẻ|thông báo phạt nguội qua điện thoại|lấy lại tiền bị lừa""".split(
    "|"
)
TRICKS_DONE = "cung cấp mã OTP|bấm vào link lạ|cài ứng dụng lạ|chuyển tiền cho người lạ|cho mượn căn cước".split("|")
LINES = "tien an trua|cam on ban|tra no|tien nha thang 5|mung cuoi|gui me|an sang".split("|")
WEEKDAYS = "thứ hai|thứ tư|thứ sáu|chủ nhật|mai|ngày mai|cuối tuần này".split("|")


def fill(dice: Random, text: str, *, english: bool) -> str:
    """The text with every slot filled, each by its own draw."""
    return re.sub(r"\{(\w+)\}", lambda match: _value(dice, match[1], english=english), text)


def bad_link(dice: Random, *, english: bool = False) -> str:
    """A link of a stranger: borrowed brands, cheap suffixes, shorteners, page builders, bets, plain names."""
    lure = dice.choice(ENGLISH_LURES if english else LURES)
    kind = dice.random()
    if english and kind < 0.14:  # the brand's own name before somebody else's
        host = f"{dice.choice(ENGLISH_BRANDS)}.com{dice.choice('-.')}{_letters(dice, 4).lower()}{dice.choice(('', lure))}.{dice.choice(CHEAP)}"
    elif kind < 0.34:
        host = f"{dice.choice(ENGLISH_BRANDS if english else BRANDS)}{dice.choice('-.-')}{lure}.{dice.choice(CHEAP + PLAIN[:2])}"
    elif kind < 0.52:
        host = f"{lure}{dice.choice(('', '-vn', '24h', '247', '-online'))}.{dice.choice(CHEAP)}"
    elif kind < (0.56 if english else 0.66):
        host = f"{dice.choice(BETS)}.{dice.choice(CHEAP + PLAIN[:2])}"
    elif kind < 0.76:
        host = f"{dice.choice(SHORT)}/{_letters(dice, 6)}"
    elif kind < 0.82:
        host = f"{lure}-{dice.choice(WORDS)}.{dice.choice(BUILDERS)}"
    else:
        host = f"{dice.choice(WORDS)}{dice.choice(WORDS)}.{dice.choice(PLAIN + CHEAP)}"
    path = dice.choice(("", "", "/", f"/{_letters(dice, 4)}", f"/?id={dice.randrange(9999)}"))
    return dice.choice(("", "", "https://", "http://", "www.")) + host + (path if "/" not in host else "")


def _ok_link(dice: Random, *, english: bool) -> str:
    kind = dice.random()
    if kind < 0.7:
        link = dice.choice(ENGLISH_OFFICIAL if english else OFFICIAL)
    elif kind < 0.93:
        link = f"{dice.choice(WORDS)}{dice.choice(WORDS)}.{dice.choice(('vn', 'com', 'com.vn', 'net'))}"
    else:
        link = f"{dice.choice(SHORT)}/{_letters(dice, 6)}"
    return dice.choice(("", "", "https://", "www.")) + link


def phone(dice: Random, *, english: bool = False) -> str:
    """A Vietnamese mobile number in one of the ways people write it, or one from abroad, of those kept for invented ones where there are any."""
    if english:
        return _foreign_phone(dice)
    digits = "0" + dice.choice("35789") + "".join(dice.choices("0123456789", k=8))
    way = dice.random()
    if way < 0.6:
        return digits
    if way < 0.75:
        return f"{digits[:4]}{dice.choice('. ')}{digits[4:7]}{dice.choice('. ')}{digits[7:]}"
    if way < 0.85:
        return f"+84{digits[1:]}"
    return f"{digits[:4]} {digits[4:7]} {digits[7:]}" if way < 0.95 else f"{digits[:3]}xxx{digits[-3:]}"


def _foreign_phone(dice: Random) -> str:
    last = _digits(dice, 4)
    return dice.choice(
        (
            f"1-8{_digits(dice, 2)}-555-{last}",
            f"+1 ({dice.randrange(201, 989)}) 555-{last}",
            f"({dice.randrange(201, 989)}) 555-{last}",
            f"{dice.randrange(201, 989)}-555-{last}",
            f"1800 555 {last}",
            f"07700 900{last[:3]}",
            f"+44 7700 900{last[:3]}",
            f"+447700900{last[:3]}",
            f"020 7946 0{last[:3]}",
            f"0808 157 0{last[:3]}",
            f"+91 98{_digits(dice, 8)}",
            f"9{_digits(dice, 9)}",
            f"080{_digits(dice, 8)}",
            f"+234 80{_digits(dice, 8)}",
            f"+65 8{_digits(dice, 3)} {last}",
            f"0491 570 {last[:3]}",
        )
    )


def _account(dice: Random) -> str:
    number = "".join(dice.choices("0123456789", k=dice.choice((9, 10, 12, 13, 14))))
    bank, name = dice.choice(BANKS), dice.choice(NAMES).replace("_", " ")
    return dice.choice(
        (
            f"stk {number} {bank} {name}",
            f"số tài khoản {number} {bank}",
            f"{number} {bank} {name.upper()}",
            f"tài khoản {number} ngân hàng {bank} tên {name}",
            f"tk {bank} {number}",
            number,
        )
    )


def _amount(dice: Random, low: int, high: int) -> str:
    thousand = int(low * (high / low) ** dice.random())
    if thousand >= 1000:
        million = thousand / 1000
        whole = round(million)
        return dice.choice(
            (
                f"{whole} triệu",
                f"{whole}tr",
                f"{whole}.000.000đ",
                f"{whole},000,000 VND",
                f"{whole} củ",
                f"{whole}tr{dice.randrange(1, 10)}",
                f"{whole}.{dice.randrange(100, 999)}.000đ",
                f"{whole} triệu đồng",
            )
        )
    return dice.choice(
        (
            f"{thousand}k",
            f"{thousand}.000đ",
            f"{thousand} nghìn",
            f"{thousand}.000 đồng",
            f"{thousand}K",
            f"{thousand} ngàn",
            f"{thousand},000d",
        )
    )


def _letters(dice: Random, count: int) -> str:
    return "".join(dice.choices("abcdefghkmnpqrstxyzABCDEFG23456789", k=count))


def _digits(dice: Random, count: int) -> str:
    return "".join(dice.choices("0123456789", k=count))


def _date(dice: Random) -> str:
    day, month = dice.randrange(1, 29), dice.randrange(1, 13)
    return dice.choice(
        (
            f"{day}/{month}",
            f"{day:02}/{month:02}/2025",
            f"{day:02}-{month:02}-2025",
            f"ngày {day}",
            dice.choice(WEEKDAYS),
        )
    )


def _english_date(dice: Random) -> str:
    return dice.choice(
        (
            f"{dice.randrange(1, 13)}/{dice.randrange(1, 29)}",
            f"{dice.randrange(1, 29)}-{dice.choice(('Jan', 'Mar', 'Jun', 'Sep', 'Nov'))}-{dice.choice((24, 25, 26))}",
            f"{dice.randrange(1, 29)} {dice.choice(('Feb', 'April', 'July', 'Oct', 'December'))}",
            f"{dice.choice(('August', 'May', 'Jan'))} {dice.randrange(1, 29)}",
            f"{dice.randrange(4, 20)}th",
            "Monday",
            "Friday",
            "tomorrow",
            "this Saturday",
        )
    )


def _english_time(dice: Random) -> str:
    hour, minute, half = dice.randrange(1, 13), dice.choice(("00", "15", "30", "45")), dice.choice("ap")
    return dice.choice(
        (
            f"{hour}{half}m",
            f"{hour}:{minute}{half}m",
            f"{hour} {half}m",
            f"{hour + 11}:{minute}",
            f"{hour}.{minute} {half}.m.",
        )
    )


def _time(dice: Random) -> str:
    hour, minute = dice.randrange(6, 23), dice.choice(("00", "15", "30", "45"))
    return dice.choice((f"{hour}h", f"{hour}h{minute}", f"{hour}:{minute}"))


_SLOTS: dict[str, Callable[[Random, bool], str]] = {
    "bank": lambda d, en: d.choice(ENGLISH_BANKS if en else BANKS),
    "shop": lambda d, en: d.choice(ENGLISH_SHOPS if en else SHOPS),
    "post": lambda d, _: d.choice(POSTS),
    "carrier": lambda d, en: d.choice(ENGLISH_CARRIERS if en else CARRIERS),
    "name": lambda d, _: d.choice(NAMES),
    "enname": lambda d, _: d.choice(ENGLISH_NAMES),
    "place": lambda d, en: d.choice(
        [
            "London",
            "Texas",
            "Sydney",
            "Hanoi",
            "Dubai",
            "Lagos",
            "Mumbai",
            "Singapore",
            "Manchester",
            "Toronto",
            "Delhi",
        ]
        if en
        else PLACES
    ),
    "address": lambda d, en: (
        f"{d.randrange(2, 400)} {d.choice(['High Street', 'Oak Road'] if en else ['Lê Lợi', 'Trần Phú', 'Nguyễn Trãi', 'Quang Trung', 'Hùng Vương'])}"
    ),
    "badlink": lambda d, en: bad_link(d, english=en),
    "oklink": lambda d, en: _ok_link(d, english=en),
    "phone": lambda d, en: phone(d, english=en),
    "acc": lambda d, _: _account(d),
    "amt": lambda d, _: _amount(d, 3_000, 300_000),
    "small": lambda d, _: _amount(d, 50, 3_000),
    "fee": lambda d, _: _amount(d, 5, 60),
    "bigprice": lambda d, _: d.choice(
        (
            f"{d.randrange(1, 9)},{d.randrange(1, 9)} tỷ",
            f"{d.randrange(500, 990)} triệu",
            f"{d.randrange(1, 9)} tỷ {d.randrange(1, 9)}",
            f"{d.randrange(15, 60)}tr/m2",
        )
    ),
    "usd": lambda d, _: (
        d.choice(
            ("$", "$", "$", "£", "£", "£", "US$", "€", "S$", "A$", "Rs.", "Rs ", "₹", "INR ", "RM", "₦", "N", "USD ")
        )
        + d.choice(
            (
                str(d.randrange(2, 999)),
                f"{d.randrange(1, 99)},000",
                f"{d.randrange(1, 90)}.99",
                f"{d.randrange(1, 9)},{_digits(d, 3)},000",
            )
        )
    ),
    "pct": lambda d, _: f"{d.choice((0.5, 1, 3, 5, 8, 10, 20, 30, 50, 70, 100, 200))}%",
    "date": lambda d, en: _english_date(d) if en else _date(d),
    "time": lambda d, en: _english_time(d) if en else _time(d),
    "hours": lambda d, en: f"{d.choice((2, 6, 12, 24, 48))} {'hours' if en else d.choice(('giờ', 'tiếng', 'h'))}",
    "minutes": lambda d, en: f"{d.choice((2, 3, 5, 10, 15, 30))} {'minutes' if en else d.choice(('phút', 'p'))}",
    "num": lambda d, _: str(d.randrange(2, 90)),
    "digit": lambda d, _: str(d.randrange(0, 10)),
    "code": lambda d, _: d.choice(
        (_letters(d, 2).upper() + _digits(d, 5), _digits(d, 6), f"#{_letters(d, 5).upper()}")
    ),
    "otp": lambda d, _: _digits(d, 6),
    "mask": lambda d, _: d.choice(
        (f"{_digits(d, 4)}xxx{_digits(d, 3)}", f"xxxx{_digits(d, 4)}", f"**{_digits(d, 4)}", _digits(d, 10))
    ),
    "plate": lambda d, _: f"{d.randrange(11, 99)}{d.choice('ABCDEFGH')}-{_digits(d, 5)}",
    "short": lambda d, _: d.choice(
        ("999", "198", "9241", "1414", "8049", "191", "5656", "900", "9889", "156", "18001091")
    ),
    "email": lambda d, _: (
        f"{d.choice(WORDS)}{_digits(d, 2)}@{d.choice(('gmail.com', 'outlook.com', 'yahoo.com', 'congty.vn'))}"
    ),
    "tele": lambda d, en: d.choice(
        (
            f"t.me/{d.choice(WORDS)}{_digits(d, 2)}",
            f"Telegram @{d.choice(WORDS)}{_digits(d, 3)}",
            f"WhatsApp {phone(d, english=True)}",
            f"wa.me/{_digits(d, 11)}",
            f"WhatsApp: {phone(d, english=True)}",
            f"https://t.me/+{_letters(d, 9)}",
            f"on Telegram {d.choice(WORDS)}_{d.choice(WORDS)}",
            f"on WhatsApp {phone(d, english=True)}",
        )
        if en
        else (
            f"t.me/{d.choice(WORDS)}{_digits(d, 2)}",
            f"telegram @{d.choice(WORDS)}{_digits(d, 3)}",
            f"tele @{d.choice(WORDS)}",
            f"https://t.me/+{_letters(d, 9)}",
            f"zalo.me/g/{_letters(d, 8)}",
            f"nhóm Zalo {phone(d)}",
            f"WhatsApp {phone(d)}",
        )
    ),
    "giftcard": lambda d, _: d.choice(("Steam", "Apple", "Google Play", "Amazon")),
    "chatline": lambda d, _: d.choice(LINES),
    "trickword": lambda d, _: d.choice(TRICKS_TOLD),
    "trickdone": lambda d, _: d.choice(TRICKS_DONE),
}


def _value(dice: Random, slot: str, *, english: bool) -> str:
    return _SLOTS[slot](dice, english).replace("_", " ").replace("~", " ")
