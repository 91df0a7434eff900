"""Working days: the week, Tết and the other days off, days that were swapped, and terms counted in working days.

>>> from datetime import date
>>> is_working_day(date(2026, 2, 17)), is_working_day(date(2026, 8, 22)), is_working_day(date(2026, 8, 31))
(False, True, False)
"""

from keng.vietnam.calendar.days import Day, Status, day_of, days_between, is_working_day
from keng.vietnam.calendar.terms import after_working_days, working_days_between

__all__ = ["Day", "Status", "after_working_days", "day_of", "days_between", "is_working_day", "working_days_between"]
