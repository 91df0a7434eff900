"""SMS at 156 and 5656: reports by the grammar, questions forwarded, replies in at most two segments. Docs: docs/sms.md."""
