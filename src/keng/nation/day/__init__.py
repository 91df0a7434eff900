"""The day: the synthetic country lives. Money is taken, runs through mules, and people report it.

story.py       the fixed loss of the README            happenings.py  what can happen, read from the nation's files
losses.py      how one loss goes, minute by minute     country.py     victims, mules and those who report
reports.py     what a citizen sends to Kẻng            banks.py       the banks' core doors
lures.py       calls, links and pages of crews         fronts.py      what crews set up at carriers, registry, platforms
settlement.py  transfers between banks, none lost      lanes.py       one thread for each place called
rhythm.py      the loop; `python -m keng.nation.day --help` tells how to start it
"""
