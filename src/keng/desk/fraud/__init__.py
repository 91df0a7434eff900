"""From a citizen's report to held money: reports and measures."""
