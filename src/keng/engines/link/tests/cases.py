"""Reports for the tests: two scams as their victims got them, and others."""

from __future__ import annotations

import random

from keng.engines.link import Linker, Report, read_batch

BANK = (
    "Tài khoản {bank} của quý khách vừa đăng nhập trên thiết bị lạ tại {place}. Vui lòng bấm vào liên kết bên dưới để xác minh "
    "sinh trắc học trong {hours} giờ, quá hạn thẻ sẽ bị khoá vĩnh viễn. {detail}"
)
JOB = (
    "Em bên phòng nhân sự khách sạn, tuyển cộng tác viên đánh giá sản phẩm tại nhà, hoa hồng {amount} một ngày, rút tiền liền. "
    "Kết bạn trợ lý {name} để nhận nhiệm vụ dùng thử đầu tiên. {detail}"
)
WORDS = (
    "chim bơi sách đèn cửa mây núi sông kẹo bàn ghế trăng thuyền lúa trâu gà vịt chợ cầu đường phố nhà vườn hoa lá rừng biển cá "
    "tôm cua ốc mưa nắng gió bão tuyết sương khói lửa đất đá cát vàng bạc đồng sắt chì kẽm giấy bút mực thước áo quần giày mũ nón"
).split()


def report(number: int, text: str = "", *pairs: tuple[str, str], at: int | None = None) -> Report:
    return Report(f"r{number}", number if at is None else at, text, pairs)


def babble(seed: int, words: int = 25) -> str:
    """A text that nobody else says."""
    dice = random.Random(seed)
    return " ".join(dice.choice(WORDS) for _ in range(words))


def bank(number: int, *pairs: tuple[str, str]) -> Report:
    """One of many tellings of the same message: names, numbers and a remark differ."""
    text = BANK.format(bank=f"*{number % 9}{number}", place="Hà Nội", hours=number % 48, detail=babble(number, 3))
    return report(number, text, *pairs)


def job(number: int, *pairs: tuple[str, str]) -> Report:
    text = JOB.format(amount=f"{number}00k", name=f"Lan {number}", detail=babble(number, 3))
    return report(number, text, *pairs)


def account(number: int) -> tuple[str, str]:
    return "account", f"970436:{1_000_000_000 + number}"


def phone(number: int) -> tuple[str, str]:
    return "phone", f"+8491{number:07}"


def campaigns(reports: list[Report]) -> list[set[str]]:
    """The campaigns of two and more, as sets of ids."""
    linker = settled(reports)
    return parts(linker, reports)


def settled(reports: list[Report]) -> Linker:
    linker = Linker()
    linker.extend(read_batch(reports))
    linker.settle()
    return linker


def parts(linker: Linker, reports: list[Report], smallest: int = 2) -> list[set[str]]:
    found: dict[str, set[str]] = {}
    for row, one in enumerate(reports):
        found.setdefault(linker.code(row), set()).add(str(one.identifier))
    return sorted((part for part in found.values() if len(part) >= smallest), key=sorted)
