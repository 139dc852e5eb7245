"""Sum up the rows of a file that was written before sums were kept."""

from datetime import UTC, datetime, tzinfo
from typing import Any, Final

from sqlalchemy import Connection, inspect

from .rows import day_of
from .schema import last_descriptions, last_requests, last_viewers, usage_sums


def sum_up(connection: Connection, zone: tzinfo) -> None:
    """Give every row its day, and write what all rows come to; takes seconds for a year of rows.

    ``zone`` is that of the house now: nobody knows which one it had when a row was booked.
    """
    if any(column["name"] == "day" for column in inspect(connection).get_columns("ai_usage")):
        return  # put together again from a dump, which has the sums, too
    for table in (usage_sums, last_requests, last_viewers):
        table.create(connection, checkfirst=True)

    def local_day(timestamp: Any) -> str:
        try:
            time = datetime.fromisoformat(timestamp)
            return day_of(time.replace(tzinfo=time.tzinfo or UTC).astimezone(zone))
        except TypeError, ValueError, OverflowError:
            # No reason to give up a file that could be used so far.
            return str(timestamp)[:10]

    database: Any = connection.connection.driver_connection
    database.create_function("local_day", 1, local_day)
    for statement in (_NEW_COLUMN, _DAYS, _BY_DAY, _BY_MONTH_AND_EVER, _REQUESTS, _VIEWERS):
        connection.exec_driver_sql(statement)
    if inspect(connection).has_table(last_descriptions.name):
        connection.exec_driver_sql(_IN_ORDER)


# In the layout of version 5 and with its words, whatever later versions make of them.
_NEW_COLUMN: Final = "ALTER TABLE ai_usage ADD COLUMN day VARCHAR(10) DEFAULT '' NOT NULL"
_DAYS: Final = "UPDATE ai_usage SET day = local_day(timestamp)"
_BY_DAY: Final = """
INSERT INTO usage_sums (
    period, provider_id, provider, model, camera, purpose, outcome, requests, sent, answers,
    descriptions, input_tokens, output_tokens, cost, estimated, unpriced, response_time_ms,
    saved_calls, saved_cost
)
WITH described (id) AS (
    SELECT min(id) FROM ai_usage WHERE success AND purpose = 'event' GROUP BY event_id
)
SELECT day, provider_id, provider, model, camera, purpose, outcome, count(*), sum(sent),
    sum(success), sum(id IN described), coalesce(sum(input_tokens), 0),
    coalesce(sum(output_tokens), 0), coalesce(sum(cost_estimate), 0.0), sum(is_estimated),
    sum(cost_estimate IS NULL), sum(CASE WHEN success THEN response_time_ms ELSE 0 END), 0, 0.0
FROM ai_usage
GROUP BY day, provider_id, provider, model, camera, purpose, outcome
"""
_BY_MONTH_AND_EVER: Final = """
INSERT INTO usage_sums (
    period, provider_id, provider, model, camera, purpose, outcome, requests, sent, answers,
    descriptions, input_tokens, output_tokens, cost, estimated, unpriced, response_time_ms,
    saved_calls, saved_cost
)
SELECT longer, provider_id, provider, model, camera, purpose, outcome, sum(requests), sum(sent),
    sum(answers), sum(descriptions), sum(input_tokens), sum(output_tokens), sum(cost),
    sum(estimated), sum(unpriced), sum(response_time_ms), sum(saved_calls), sum(saved_cost)
FROM (
    SELECT substr(period, 1, 7) AS longer, * FROM usage_sums
    UNION ALL SELECT 'ever' AS longer, * FROM usage_sums
)
GROUP BY longer, provider_id, provider, model, camera, purpose, outcome
"""
_REQUESTS: Final = """
INSERT INTO last_requests (provider_id, outcome, response_time_ms, recent)
SELECT provider_id, outcome, (
    SELECT response_time_ms FROM ai_usage AS answer
    WHERE answer.provider_id = ended.provider_id AND answer.success AND answer.purpose != 'trial'
    ORDER BY answer.id DESC LIMIT 1
), recent
FROM (
    SELECT provider_id, outcome,
        row_number() OVER (PARTITION BY provider_id ORDER BY id DESC) AS age,
        group_concat(success, '') OVER (
            PARTITION BY provider_id ORDER BY id ROWS 49 PRECEDING
        ) AS recent
    FROM ai_usage WHERE provider_id != '' AND outcome != 'cancelled' AND purpose != 'trial'
) AS ended
WHERE age = 1
"""
_VIEWERS: Final = """
INSERT INTO last_viewers (camera, provider)
SELECT camera, provider FROM ai_usage WHERE id IN (
    SELECT max(id) FROM ai_usage WHERE sent AND camera != 'eyewitness.test_chain' GROUP BY camera
)
"""
_IN_ORDER: Final = """
INSERT OR REPLACE INTO last_descriptions SELECT * FROM last_descriptions AS last ORDER BY (
    SELECT max(id) FROM ai_usage WHERE event_id = last.event_id AND success
), event_id
"""
"""The order of these rows tells which one was the last."""
