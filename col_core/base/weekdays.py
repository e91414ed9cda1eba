"""The days of the week in every form that a sentence needs.

Languages bend them: Slovenian says "v sredo" and "vsako drugo sredo", but "v torek" and "vsak drugi torek". So each
form is a message of its own, Monday first.
"""

from col_core.base.messages import NP_

ON_DAY = (
    # translators: begins "on Tuesday 3 December at 17:00"
    NP_("one day", "on Monday"),
    NP_("one day", "on Tuesday"),
    NP_("one day", "on Wednesday"),
    NP_("one day", "on Thursday"),
    NP_("one day", "on Friday"),
    NP_("one day", "on Saturday"),
    NP_("one day", "on Sunday"),
)
EVERY = (
    # translators: when a series takes place
    NP_("series", "every Monday"),
    NP_("series", "every Tuesday"),
    NP_("series", "every Wednesday"),
    NP_("series", "every Thursday"),
    NP_("series", "every Friday"),
    NP_("series", "every Saturday"),
    NP_("series", "every Sunday"),
)
EVERY_OTHER = (
    # translators: when a series takes place: every second week on that day
    NP_("series", "every other Monday"),
    NP_("series", "every other Tuesday"),
    NP_("series", "every other Wednesday"),
    NP_("series", "every other Thursday"),
    NP_("series", "every other Friday"),
    NP_("series", "every other Saturday"),
    NP_("series", "every other Sunday"),
)
DAYS = (
    # translators: one of several days, stands in "on %(days)s": "on Mondays and Thursdays"
    NP_("days of a series", "Mondays"),
    NP_("days of a series", "Tuesdays"),
    NP_("days of a series", "Wednesdays"),
    NP_("days of a series", "Thursdays"),
    NP_("days of a series", "Fridays"),
    NP_("days of a series", "Saturdays"),
    NP_("days of a series", "Sundays"),
)
IN_A_ROW = (
    # translators: stands in "%(first)s to %(last)s": "Tuesday to Friday", the days of a series
    NP_("days in a row", "Monday"),
    NP_("days in a row", "Tuesday"),
    NP_("days in a row", "Wednesday"),
    NP_("days in a row", "Thursday"),
    NP_("days in a row", "Friday"),
    NP_("days in a row", "Saturday"),
    NP_("days in a row", "Sunday"),
)
FIRST = (
    # translators: when a monthly series takes place
    NP_("series", "every first Monday of the month"),
    NP_("series", "every first Tuesday of the month"),
    NP_("series", "every first Wednesday of the month"),
    NP_("series", "every first Thursday of the month"),
    NP_("series", "every first Friday of the month"),
    NP_("series", "every first Saturday of the month"),
    NP_("series", "every first Sunday of the month"),
)
SECOND = (
    # translators: when a monthly series takes place
    NP_("series", "every second Monday of the month"),
    NP_("series", "every second Tuesday of the month"),
    NP_("series", "every second Wednesday of the month"),
    NP_("series", "every second Thursday of the month"),
    NP_("series", "every second Friday of the month"),
    NP_("series", "every second Saturday of the month"),
    NP_("series", "every second Sunday of the month"),
)
THIRD = (
    # translators: when a monthly series takes place
    NP_("series", "every third Monday of the month"),
    NP_("series", "every third Tuesday of the month"),
    NP_("series", "every third Wednesday of the month"),
    NP_("series", "every third Thursday of the month"),
    NP_("series", "every third Friday of the month"),
    NP_("series", "every third Saturday of the month"),
    NP_("series", "every third Sunday of the month"),
)
FOURTH = (
    # translators: when a monthly series takes place
    NP_("series", "every fourth Monday of the month"),
    NP_("series", "every fourth Tuesday of the month"),
    NP_("series", "every fourth Wednesday of the month"),
    NP_("series", "every fourth Thursday of the month"),
    NP_("series", "every fourth Friday of the month"),
    NP_("series", "every fourth Saturday of the month"),
    NP_("series", "every fourth Sunday of the month"),
)
LAST = (
    # translators: when a monthly series takes place
    NP_("series", "every last Monday of the month"),
    NP_("series", "every last Tuesday of the month"),
    NP_("series", "every last Wednesday of the month"),
    NP_("series", "every last Thursday of the month"),
    NP_("series", "every last Friday of the month"),
    NP_("series", "every last Saturday of the month"),
    NP_("series", "every last Sunday of the month"),
)
OF_THE_MONTH = {1: FIRST, 2: SECOND, 3: THIRD, 4: FOURTH, -1: LAST}
