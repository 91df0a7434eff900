"""Messages as people get and send them, with all that must be found in each, and nothing else."""

from __future__ import annotations

import pytest

from keng.engines.extract import extract

INDICATORS = [
    # accounts, marked and bare
    ("Chuyển khoản 500k vào STK: 1903 6262 5656 015 - Techcombank - NGUYEN VAN A", ["account 970407:190362625656015"]),
    ("VCB 0123456789", ["account 970436:0123456789"]),
    ("0123456789 Vietcombank", ["account 970436:0123456789"]),
    (
        "Ngân hàng: Vietcombank\nSố tài khoản: 0071001234567\nChủ tài khoản: NGUYEN VAN A",
        ["account 970436:0071001234567"],
    ),
    ("TÀI KHOẢN: 6868.8888.6666 NGÂN HÀNG TMCP SÀI GÒN THƯƠNG TÍN", ["account 970403:686888886666"]),
    ("Em gửi anh stk ạ\n0391000123456\nVCB - Trần Thị B", ["account 970436:0391000123456"]),
    ("TECHCOMBANK\n19036262565015\nNGUYEN VAN A", ["account 970407:19036262565015"]),
    ("TK ngan hang: 1234567890123 (BIDV CN Ha Noi)", ["account 970418:1234567890123"]),
    ("so tai khoan 0123456789 cua ngan hang ngoai thuong", ["account 970436:0123456789"]),
    ("ck giúp em 3tr5 qua số 1017588888 vcb nha", ["account 970436:1017588888"]),
    ("chuyển 15.250.500 vào 109876543210 Vietinbank giúp em", ["account 970415:109876543210"]),
    ("Từ TK 12345678901 đến TK 98765432109 tại VPBank", ["account 970432:12345678901", "account 970432:98765432109"]),
    ("1) VCB: 0123456789\n2) TCB: 19036262565015", ["account 970436:0123456789", "account 970407:19036262565015"]),
    ("vcb0123456789, 0123456789vcb", ["account 970436:0123456789", "account 970436:0123456789"]),
    ("stk: V3CAS1234567 bidv", ["account 970418:V3CAS1234567"]),
    ("STK: NGUYEN VAN A 1903626256 TCB", ["account 970407:1903626256"]),
    ("chuyen vao so tk 123456 ten Lan", ["account ?:123456"]),
    ("STK 711A00604455 Vietinbank, Nguyen Van A", ["account 970415:711A00604455"]),
    ("vietinbank 711a 0060 4455 nguyen van a", ["account 970415:711A00604455"]),
    ("711A.0060.4455 (VietinBank)", ["account 970415:711A00604455"]),
    ("chuyển vào tài khoản 711AC1234567", ["account ?:711AC1234567"]),
    ("tu xung VCB, ck qua vietinbank 109876543210", ["account 970415:109876543210"]),
    ("Mất 5tr. Bên nhận là VPBank 288822989 (PHAM THI A)", ["account 970432:288822989"]),
    # digits that are both
    ("stk 0912345678 MB Bank ctk Tran Thi B", ["account 970422:0912345678 0.9 | phone +84912345678 0.1"]),
    ("MB Bank 0912345678", ["account 970422:0912345678 0.75 | phone +84912345678 0.25"]),
    ("chuyen vao momo 0912345678 ten Tran B", ["account 971025:0912345678 0.9 | phone +84912345678 0.1"]),
    ("ví MoMo: 0987.654.321", ["account 971025:0987654321 0.8 | phone +84987654321 0.2"]),
    ("Toi la nhan vien Vietcombank, SDT 0912345678", ["phone +84912345678 0.8 | account 970436:0912345678 0.2"]),
    ("tài khoản 0123 4567 890 ngân hàng quân đội", ["account 970422:01234567890 0.9 | phone +84834567890 0.1"]),
    # telephone numbers
    ("LH: ０９１２ ３４５ ６７８", ["phone +84912345678"]),
    ("0\u200b912\u200b345\u200b678", ["phone +84912345678"]),
    ("Gọi O9I2.345.678 ngay", ["phone +84912345678"]),
    ("+84 (0)912 345 678; 0084912345678; (+84) 912-345-678", ["phone +84912345678"] * 3),
    ("0123 456 7890", ["phone +84834567890"]),
    ("(024) 3824 1234 / 0909.123.456", ["phone +842438241234", "phone +84909123456"]),
    ("0912345678-0987654321", ["phone +84912345678", "phone +84987654321"]),
    ("Liên hệ:0912345678.Xin cảm ơn", ["phone +84912345678"]),
    ("sdt0912345678", ["phone +84912345678"]),
    ("sđt 0912345678 đồng ý nhé", ["phone +84912345678"]),
    ("mua 10l dầu, gọi 0912345678", ["phone +84912345678"]),
    ("Call +1 202 555 0123", ["phone +12025550123"]),
    ("Liên hệ Techcombank qua hotline 1800588822", ["phone 1800588822"]),
    ("gọi 1900 1009 nhánh 2", ["phone 19001009"]),
    ("Soan DK gui 5656. Goi 156 de bao cuoc goi rac", ["phone 5656", "phone 156"]),
    ("Co nguoi xung TPBank so 0328005712 goi bao khoa the", ["phone +84328005712"]),
    ("tự xưng là nhân viên ngân hàng TPBank số 0328005712", ["phone +84328005712"]),
    ("giả danh Vietcombank (0912.345.678) lừa OTP", ["phone +84912345678"]),
    ("MB Bank hỗ trợ 0912345678 24/7", ["phone +84912345678 0.8 | account 970422:0912345678 0.2"]),
    ("lh 0912 345 678 24/24; 0987654321 (24/7)", ["phone +84912345678", "phone +84987654321"]),
    ("gọi 1900 1009 24/7", ["phone 19001009"]),
    ("sđt 0912,345,678 hoặc gọi 0 9l2.345,679", ["phone +84912345678", "phone +84912345679"]),
    ("gọi 0912345678,0987654321", ["phone +84912345678", "phone +84987654321"]),
    # links and names
    (
        "https//vietcombank-vn.top/xacthuc de cap nhat",
        ["url https://vietcombank-vn.top/xacthuc", "domain vietcombank-vn.top"],
    ),
    (
        "hxxp://vcb[.]com[.]vn.evil[.]cc/login?x=1.",
        ["url http://vcb.com.vn.evil.cc/login?x=1", "domain vcb.com.vn.evil.cc"],
    ),
    ("http://vietcombank.com.vn@evil.top/a", ["url http://vietcombank.com.vn@evil.top/a", "domain evil.top"]),
    ("xem (bit.ly/3abcD).", ["domain bit.ly", "url http://bit.ly/3abcD"]),
    ("http://1.2.3.4:8080/a", ["url http://1.2.3.4:8080/a", "ip 1.2.3.4"]),
    ("https://vcb.com.Vui lòng nhập", ["url https://vcb.com/", "domain vcb.com"]),
    ("truy cap vietcombank.com.De nhan thuong", ["domain vietcombank.com"]),
    ("VIETCOMBANK.COM.VN! www.abc.com.", ["domain vietcombank.com.vn", "domain www.abc.com"]),
    ("vietcọmbank.com", ["domain xn--vietcmbank-cx3e.com"]),
    ("a.b@Gmail.com hoặc a[at]b[.]com", ["email a.b@gmail.com", "email a@b.com"]),
    ("gửi ở i n f o @ b u t . v n nhé", ["email info@but.vn"]),
    ("vào n a p d a u . c o m", ["domain napdau.com"]),
    ("vào vcb-xacthuc chấm com, vcb-xacthuc . vn", ["domain vcb-xacthuc.com", "domain vcb-xacthuc.vn"]),
    ("thư nhan[.]qua@vcb-qua[.]com", ["email nhan.qua@vcb-qua.com"]),
    ("gọi 0 9 1 2 3 4 5 6 7 8", ["phone +84912345678"]),
    ("zalo.me/0912345678, t.me/luadao", ["social zalo:+84912345678", "social telegram:luadao"]),
    # nothing at all
    ("mã đơn 711A00604455 Vietinbank", []),
    ("phòng 711A00604455, xe 711A 0060 4455", []),
    ("711A****4455 vietinbank, 0711A006044551 vietinbank", []),
    ("xưng ngân hàng VCB số 1017588888", []),
    ("kết quả 0912,345,678", []),
    ("em chờ anh nhé.Me ơi, đi chơi.So cool. OK.em, xong.anh tp.HN, hop.dong", []),
    ("nước chấm com tấm, điểm chấm net, v . a . y, T . P . H . C . M, 1 . 5 0 0 . 0 0 0", []),
    ("Vietcombank . Vn Pay, em chờ nhé . Vn mình đẹp, hoàn . com", []),
    ("gửi file bao-cao.zip, don.doc cho tiền.vn", []),
    ("VCB: Ma OTP cua ban la 123456, hieu luc 5 phut.", []),
    ("Your OTP is 482913. Ref: 0912345678", []),
    ("TK 0011xxx789 VCB -500,000VND luc 14:30 05/03/2025. SD 12,345,678VND. Ref MBVCB.123456789.Nguyen van A", []),
    ("TK 0123****4567 VND +50000000 VND", []),
    ("Đơn hàng SPXVN0912345678 của bạn đang giao", []),
    ("Ma van don 0987654321 dang giao. Phi ship 30k", []),
    ("CCCD 001099012345, MST 0312345678, biển số 30A-123.45, sinh ngày 05/03/1990", []),
    ("thẻ 4111 1111 1111 1111, mã KH PE0100012345, số hợp đồng 0912345678", []),
    ("Vietcombank 50000000, VCB 20250305, ngày 05-03-2025 10.30", []),
    ("Chúc mừng sdt 0912xxx678 trúng 100.000.000đ! Soạn NHAN gửi 8x88", []),
    ("", []),
]

MONEY = [
    ("50tr", [50_000_000]),
    ("2 triệu 5", [2_500_000]),
    ("2 triệu 5 lần", [2_000_000]),
    ("2 triệu 5 qua MoMo", [2_500_000]),
    ("2 triệu 5 quả", [2_000_000]),
    ("2 trieu 5 qua ve", [2_500_000]),
    ("1,5 tỷ", [1_500_000_000]),
    ("500k", [500_000]),
    ("3 củ", [3_000_000]),
    ("2 lít", [200_000]),
    ("mua 2 lít xăng, iphone 12 cũ, TV 4K, 10k follow", []),
    ("5-10 triệu/tháng, từ 2 đến 3 triệu", [5_000_000, 10_000_000, 2_000_000, 3_000_000]),
    ("300-500k", [300_000, 500_000]),
    ("2tr350, 1 tỷ 2, 2 triệu rưỡi, 12 trieu 500 nghin", [2_350_000, 1_200_000_000, 2_500_000, 12_500_000]),
    ("1.250.000 đồng, 500,000VND, VND 20,000, 0đ", [1_250_000, 500_000, 20_000, 0]),
    ("số tiền 5000000, phí 500.000", [5_000_000, 500_000]),
    ("5 ngân hàng, 500 đồng hồ, 0912345678 đồng ý", []),
    ("1.500 triệu và 1,500 triệu", [1_500_000_000, 1_500_000]),
]

TIMES = [
    ("luc 14:30 05/03/2025", ["2025-03-05T14:30"]),
    ("17h30 ngày 12/08/2025", ["2025-08-12T17:30"]),
    ("ngày 5 tháng 3 năm 2025 lúc 14 giờ 30, 9h", ["2025-03-05T14:30", "09:00"]),
    ("ngày 05/03, 2025-03-05, 31/02/2025, 25:00", ["--03-05", "2025-03-05"]),
]


def shown(text: str) -> list[str]:
    lines = []
    for found in extract(text).indicators:
        assert found.text == text[found.start : found.end]
        line = f"{found.kind.value} {found.value}"
        for other in found.others:
            line += f" {found.p} | {other.kind.value} {other.value} {other.p}"
        lines.append(line)
    return lines


@pytest.mark.parametrize(("text", "expected"), INDICATORS)
def test_a_message_gives_its_indicators_and_no_others(text: str, expected: list[str]) -> None:
    assert sorted(shown(text)) == sorted(expected)


@pytest.mark.parametrize(("text", "expected"), MONEY)
def test_a_message_gives_its_amounts_in_dong(text: str, expected: list[int]) -> None:
    assert [money.amount for money in extract(text).money] == expected


def test_other_currencies_are_in_their_smallest_unit() -> None:
    found = extract("USD 1,500.50, 100 usdt, 20 đô la, 5$").money
    assert [(money.amount, money.currency) for money in found] == [
        (150_050, "USD"),
        (100_000_000, "USDT"),
        (2_000, "USD"),
        (500, "USD"),
    ]


@pytest.mark.parametrize(("text", "expected"), TIMES)
def test_a_message_gives_its_times(text: str, expected: list[str]) -> None:
    assert [time.value for time in extract(text).times] == expected


def test_a_sender_has_no_place() -> None:
    (name,) = extract("", sender=" vietcombank ").indicators
    (number,) = extract("", sender="0912 345 678").indicators
    assert (name.kind.value, name.value, name.start, name.end) == ("sender", "VIETCOMBANK", None, None)
    assert (number.kind.value, number.value) == ("phone", "+84912345678")


def test_a_number_is_cut_out_with_its_plus_and_brackets() -> None:
    assert [found.text for found in extract("gọi (+84) 912 345 678 hoặc (024) 3824 1234").indicators] == [
        "(+84) 912 345 678",
        "(024) 3824 1234",
    ]
