"""Reading campaigns for others. A campaign exists for an officer if at least one of its reports does, and is counted by those."""

from keng.desk.fraud.campaigns.facts import (
    Candidate,
    Day,
    Edge,
    Facts,
    Graph,
    Judged,
    Known,
    Line,
    Locality,
    Member,
    Members,
    OpenedText,
    Suggestion,
    Value,
    Watched,
)
from keng.desk.fraud.campaigns.knowing import known
from keng.desk.fraud.campaigns.listing import (
    campaign_of,
    campaigns,
    campaigns_of,
    get_campaign,
    growth_of,
    localities_of,
    members_of,
    search,
    watched,
)
from keng.desk.fraud.campaigns.proposing import next_measures
from keng.desk.fraud.campaigns.scope import open_campaign
from keng.desk.fraud.campaigns.suggesting import guesses, history_of, suggestions_of
from keng.desk.fraud.campaigns.telling import graph_of, values_of

__all__ = [
    "Candidate",
    "Day",
    "Edge",
    "Facts",
    "Graph",
    "Judged",
    "Known",
    "Line",
    "Locality",
    "Member",
    "Members",
    "OpenedText",
    "Suggestion",
    "Value",
    "Watched",
    "campaign_of",
    "campaigns",
    "campaigns_of",
    "get_campaign",
    "graph_of",
    "growth_of",
    "guesses",
    "history_of",
    "known",
    "localities_of",
    "members_of",
    "next_measures",
    "open_campaign",
    "search",
    "suggestions_of",
    "values_of",
    "watched",
]
