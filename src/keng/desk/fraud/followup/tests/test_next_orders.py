"""A partner's open orders, page by page, of a batch that has very many: looked up, never read through."""

from __future__ import annotations

from datetime import timedelta

from django.db import connection
from django.db.models import F

from keng.desk.fraud.followup import queries
from keng.desk.fraud.followup.models import Action, Order, OrderState

MANY = 20_000


def copy(order: Order, count: int, first: int = 10) -> None:
    """So many more like it, inside the database."""
    is_sqlite = connection.vendor == "sqlite"
    told = {
        "id": f"printf('%032x', n + {first})" if is_sqlite else f"lpad(to_hex(n + {first}), 32, '0')::uuid",
        "number": f"n + {first}",
    }
    columns = [field.column for field in Order._meta.concrete_fields]
    ident = order.pk.hex if is_sqlite else str(order.pk)
    with connection.cursor() as cursor:
        cursor.execute(
            f"WITH RECURSIVE s(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM s WHERE n < {count})"
            f" INSERT INTO followup_order ({', '.join(columns)})"
            f" SELECT {', '.join(told.get(column, column) for column in columns)} FROM s, followup_order WHERE id = '{ident}'"
        )


def _told(play) -> Order:
    case = play.case()
    play.work()
    return next(order for order in play.orders(case) if order.action == Action.NOTICE)


def test_every_order_once_though_all_are_to_be_answered_at_one_time(play):
    notice = _told(play)
    copy(notice, 60)
    whole = [order.pk for order in queries.open_orders([play.carrier])]
    assert len(whole) == len(set(whole)) > 60

    seen = []
    while page := queries.open_orders([play.carrier], after=seen[-1] if seen else None, most=7):
        seen += [order.pk for order in page]
    assert seen == whole


def test_those_of_two_partners_stand_in_one_order(play):
    notice = _told(play)
    Order.objects.filter(pk=notice.pk).update(answer_by=notice.answer_by + timedelta(hours=1))
    copy(notice, 2)
    copied = list(Order.objects.exclude(pk=notice.pk).filter(action=Action.NOTICE, number__gt=10).order_by("pk"))
    Order.objects.filter(pk=copied[0].pk).update(partner=play.cast.bank, answer_by=notice.answer_by)
    Order.objects.filter(pk=copied[1].pk).update(
        partner=play.cast.bank, answer_by=notice.answer_by + timedelta(hours=2)
    )

    found = queries.open_orders([play.carrier, play.cast.bank], action=Action.NOTICE)

    assert found[0].pk == copied[0].pk
    assert [order.answer_by for order in found] == sorted(order.answer_by for order in found)
    assert {order.partner_id for order in found} == {play.carrier.pk, play.cast.bank.pk}
    assert queries.open_orders([play.carrier, play.cast.bank], action=Action.END) == []


def test_a_page_is_looked_up_by_the_index(play, django_assert_max_num_queries):
    notice = _told(play)
    copy(notice, MANY)
    Order.objects.annotate(place=F("number") % 10).exclude(place=0).update(state=OrderState.EXECUTED)
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE followup_order")
    middle = Order.objects.filter(state=notice.state).order_by("pk")[MANY // 20]

    with django_assert_max_num_queries(10) as asked:
        page = queries.open_orders([play.carrier], after=middle.pk, most=100)

    assert len(page) == 100
    explain = "EXPLAIN QUERY PLAN " if connection.vendor == "sqlite" else "EXPLAIN "
    lists = [query["sql"] for query in asked.captured_queries if "answer_by" in query["sql"].partition("WHERE")[2]]
    assert len(lists) == 2 * len(queries.THEN) - 1
    for statement in lists:
        with connection.cursor() as cursor:
            cursor.execute(explain + statement)
            plan = "\n".join(str(row[-1]) for row in cursor.fetchall())
        assert (
            "order_next" in plan and "SCAN followup_order" not in plan and "B-TREE" not in plan and "Sort" not in plan
        ), plan
