"""Reports of citizens: victims who paid, others who were only tried, people annoyed by advertising, or mistaken."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from random import Random

from keng.nation.make.money.waves import Payment, Wave
from keng.nation.make.plan import DAY_SECONDS, Plan
from keng.nation.make.texts.composing import Composed, compose
from keng.nation.make.texts.domain_names import Name
from keng.nation.make.texts.faces import Face, Payee, Scene, make_face
from keng.nation.make.texts.grammar import expand, read_grammar, sentence
from keng.nation.make.texts.surfaces import Indicator, write_phone
from keng.nation.make.texts.voice import citizen_voice, sender_voice

VICTIM_REPORTS_SHARE, QUOTES_MESSAGE_SHARE, COMMENTS_SHARE, OPENS_SHARE, PLEADS_SHARE = 0.62, 0.25, 0.35, 0.3, 0.5
FORWARDS_SHARE, SHORT_CODE_SHARE, SENDER_KNOWN_SHARE = 0.55, 0.12, 0.75
TRIED_PER_VICTIM, SPAM_SHARE, HARMLESS_SHARE = 0.8, 0.2, 0.12
FASTEST_REPORT_SECONDS, NOTICE_SPREAD = 240, 0.9
YOUNG_BELOW = 40
WARNS_SHARE, HIDES_SHARE = 0.4, 0.3
DETAILS_SHARE = 0.4
USUAL_ASK = 500  # thousand đồng, of tricks that take no transfer


@dataclass(frozen=True, slots=True)
class Reporter:
    """What the texts show of who writes."""

    region: str
    province: str
    young: bool


ReporterOf = Callable[[int | None], Reporter]


@dataclass(frozen=True, slots=True)
class Report:
    """A report and its truth. `payment` is what the victim lost; a report of a scam has a `trick`."""

    second: int
    text: str
    sender: str | None
    province: str
    campaign: str
    trick: str | None
    spam: bool
    indicators: tuple[Indicator, ...]
    payment: Payment | None = None


@dataclass(frozen=True, slots=True)
class Cast:
    """Who plays in one wave: its face, the accounts to pay (by place in the book), and a way to draw somebody who reports."""

    face: Face
    payees: dict[int, Payee]
    reporter_of: ReporterOf


def report_wave(plan: Plan, dice: Random, wave: Wave, cast: Cast) -> list[Report]:
    """The reports about one wave, in no order. If it has victims, one at least reports."""
    last_payments = {payment.victim: payment for payment in wave.payments}
    told = [p for number, p in enumerate(last_payments.values()) if number == 0 or dice.random() < VICTIM_REPORTS_SHARE]
    reports = [_tell(plan, dice, wave, cast, payment) for payment in told]
    tried = 1 + int(dice.expovariate(1 / (TRIED_PER_VICTIM * len(last_payments) + 1)))
    for _ in range(min(tried, 4 * len(last_payments) + 6)):
        second = min(wave.start + int(dice.random() * (wave.end - wave.start + DAY_SECONDS // 2)), plan.last_second)
        reports.append(
            _forward(dice, wave, cast, second) if dice.random() < FORWARDS_SHARE else _notice(dice, wave, cast, second)
        )
    return reports


def _tell(plan: Plan, dice: Random, wave: Wave, cast: Cast, payment: Payment) -> Report:
    """A victim's own words, with the account that was paid."""
    reporter, hop = cast.reporter_of(payment.victim), payment.hop
    grammar, told = f"tricks/{wave.trick.code}.txt", _notice_second(plan, dice, wave, hop.second)
    scene = Scene(cast.face, cast.payees[hop.target], hop.amount, hop.second, hiding=False, told_second=told)
    story = sentence(dice, grammar, "told")
    if "{payto}" not in story:
        story += " " + sentence(dice, "frames.txt", "paid")
    opening = sentence(dice, "frames.txt", "opening") + " " if dice.random() < OPENS_SHARE else ""
    plea = " " + sentence(dice, "frames.txt", "plea") if dice.random() < PLEADS_SHARE else ""
    detail = " " + sentence(dice, "frames.txt", "detail") if dice.random() < DETAILS_SHARE else ""
    composed = _in_citizens_words(dice, reporter, opening + story + detail + plea, scene)
    if dice.random() < QUOTES_MESSAGE_SHARE:
        composed = _joined(composed, "\n", _message(dice, grammar, scene)[0])
    return Report(
        second=told,
        text=composed.text,
        sender=None,
        province=reporter.province,
        campaign=wave.code,
        trick=wave.trick.code,
        spam=False,
        indicators=composed.indicators,
        payment=payment,
    )


def _notice_second(plan: Plan, dice: Random, wave: Wave, paid: int) -> int:
    """When a victim reports: minutes or hours after the payment, by how soon the trick shows."""
    wait = max(FASTEST_REPORT_SECONDS, int(60 * wave.trick.notice_minutes * dice.lognormvariate(0, NOTICE_SPREAD)))
    left = plan.last_second - paid
    return paid + (wait if wait < left else int(left * dice.uniform(0.3, 1)))


def _forward(dice: Random, wave: Wave, cast: Cast, second: int) -> Report:
    """Somebody forwards the message itself, with or without a remark."""
    reporter = cast.reporter_of(None)
    payee = dice.choice(list(cast.payees.values()))
    scene = Scene(cast.face, payee, _asked_amount(dice, wave), second, hiding=dice.random() < HIDES_SHARE)
    message, brandname = _message(dice, f"tricks/{wave.trick.code}.txt", scene)
    sender, known = _sender(dice, cast.face, brandname)
    if dice.random() < COMMENTS_SHARE:
        remark = _in_citizens_words(dice, reporter, sentence(dice, "frames.txt", "comment"), scene)
        message = _joined(remark, "\n", message) if dice.random() < 0.6 else _joined(message, "\n", remark)
    return Report(
        second, message.text, sender, reporter.province, wave.code, wave.trick.code, False, (*known, *message.indicators)
    )  # fmt: skip


def _notice(dice: Random, wave: Wave, cast: Cast, second: int) -> Report:
    """Somebody who was tried and paid nothing tells it, or sends the short code's own grammar."""
    reporter = cast.reporter_of(None)
    scene = Scene(cast.face, dice.choice(list(cast.payees.values())), _asked_amount(dice, wave), second, hiding=False)
    story = sentence(dice, f"tricks/{wave.trick.code}.txt", "noticed")
    if dice.random() < SHORT_CODE_SHARE:
        story = f"{dice.choice(('LD', 'LD', 'V'))} ({{phone}}) ({story.replace('{phone}', 'số này')})"
    elif dice.random() < WARNS_SHARE:
        story += " " + sentence(dice, "frames.txt", "warning")
    composed = _in_citizens_words(dice, reporter, story, scene)
    return Report(
        second, composed.text, None, reporter.province, wave.code, wave.trick.code, False, composed.indicators
    )


def _in_citizens_words(dice: Random, reporter: Reporter, text: str, scene: Scene) -> Composed:
    """The text in the reporter's voice, with one word for `I` throughout: that of the story, if it has one."""
    own = next((word for word in ("tôi", "em") if re.search(rf"\b{word}\b", text, re.IGNORECASE)), None)
    pronoun = own or dice.choice(("em", "em", "mình") if reporter.young else ("tôi", "tôi", "em"))
    text = text.replace("{toi}", pronoun).replace("{Toi}", pronoun.capitalize())
    return compose(dice, citizen_voice(dice, reporter.region, reporter.young), text, scene)


def _asked_amount(dice: Random, wave: Wave) -> int:
    """What the crew asks of somebody who does not pay: as large as its losses, and round."""
    amount = (wave.trick.loss or USUAL_ASK) * 1000 * dice.lognormvariate(0, 0.5)
    step = 10 ** max(4, len(str(int(amount))) - 2)
    return max(step, round(amount / step) * step)


def _message(dice: Random, grammar: str, scene: Scene) -> tuple[Composed, bool]:
    """A message of the crew, and whether it came under a brand's name."""
    sections = read_grammar(grammar)
    brandname = "sms" in sections and ("chat" not in sections or dice.random() < 0.6)
    production = sentence(dice, grammar, "sms" if brandname else "chat")
    return compose(dice, sender_voice(dice, brandname), production, scene), brandname


def _sender(dice: Random, face: Face, brandname: bool) -> tuple[str | None, tuple[Indicator, ...]]:
    if brandname and face.brand:
        return face.brand.sender, (Indicator(face.brand.sender, "sender", face.brand.sender.upper()),)
    if dice.random() < SENDER_KNOWN_SHARE:
        phone = replace(write_phone(dice, face.phones[0], hiding=False), written=face.phones[0])
        return face.phones[0], (phone,)
    return None, ()


def _joined(first: Composed, between: str, second: Composed) -> Composed:
    return Composed(first.text + between + second.text, (*first.indicators, *second.indicators))


def report_spam(plan: Plan, dice: Random, count: int, phones: list[str], reporter_of: ReporterOf) -> list[Report]:
    """Advertising that nobody asked for: a few advertisers, each reported by several people."""
    reports: list[Report] = []
    number = 0
    while len(reports) < count:
        number += 1
        face = replace(
            make_face(dice, "spam", dice.sample(phones, 2)),
            site=Name(f"uudai{dice.randrange(10, 999)}.com.vn", None, None),
        )
        production = dice.choice(read_grammar("spam.txt")["message"])
        for _ in range(min(count - len(reports), 1 + int(dice.expovariate(0.35)))):
            second, reporter = _any_second(plan, dice), reporter_of(None)
            text = expand(dice, production)
            text = f"S ({{phone}}) ({text})" if dice.random() < SHORT_CODE_SHARE else text
            composed = compose(dice, sender_voice(dice, False), text, Scene(face, None, 0, second, hiding=False))
            sender, known = _sender(dice, face, False)
            reports.append(
                Report(
                    second,
                    composed.text,
                    sender,
                    reporter.province,
                    f"S{number:05d}",
                    None,
                    True,
                    (*known, *composed.indicators),
                )
            )
    return reports


def report_harmless(plan: Plan, dice: Random, count: int, phones: list[str], reporter_of: ReporterOf) -> list[Report]:
    """Honest messages that somebody took for a fraud, each reported once."""
    reports = []
    for number in range(1, count + 1):
        second, reporter = _any_second(plan, dice), reporter_of(None)
        face = make_face(dice, "harmless", dice.sample(phones, 2))
        brandname = dice.random() < 0.6
        production = sentence(dice, "harmless.txt", "sms" if brandname else "chat")
        voice = replace(sender_voice(dice, brandname), hiding=False)
        scene = Scene(face, None, dice.choice((35, 120, 250, 1500, 8700)) * 1000, second, hiding=False)
        composed = compose(dice, voice, production, scene)
        sender, known = _sender(dice, face, brandname)
        reports.append(
            Report(
                second,
                composed.text,
                sender,
                reporter.province,
                f"H{number:05d}",
                None,
                False,
                (*known, *composed.indicators),
            )
        )
    return reports


def _any_second(plan: Plan, dice: Random) -> int:
    day, hour = divmod(dice.randrange(plan.last_second - plan.first_second), DAY_SECONDS)
    return plan.first_second + day * DAY_SECONDS + min(hour, DAY_SECONDS - 1) * 16 // 24 + 6 * 3600
