-- rows: source 1, at most 10000 rows, America/New_York
-- $1 text "America/New_York"
-- $2 text "America/New_York"
-- $3 text "UA"
-- $4 timestamp 2013-04-24T12:00:00Z
-- $5 timestamp 2013-04-24T12:30:00Z
-- then Fill(Fill { axis: 0, bucket: Hour, zone: TimeZoneName("America/New_York"), from: Some(2013-04-24T12:00:00Z), to: Some(2013-04-24T12:30:00Z), series: [], zeros: [1] })
-- then Sort([Column { column: 0, descending: false }, Column { column: 1, descending: false }])
select result."fanlight column 1" as "time_hour", result."fanlight column 2" as "flights"
from (
select toTimeZone(toStartOfHour(toDateTime(dataset."time_hour", (select p1 from fanlight_values)), (select p2 from fanlight_values)), 'UTC') as "fanlight column 1", count(*) as "fanlight column 2"
from (
select * from flights where carrier = (select p3 from fanlight_values)
) as dataset
where (dataset."time_hour" between (select p4 from fanlight_values) and (select p5 from fanlight_values))
group by "fanlight column 1"
) as result
order by "time_hour" nulls last, "flights" nulls last;

-- by Hour: (Instants(2013-04-24T12:00:00Z, 2013-04-24T12:30:00Z), Instants(2013-04-24T11:29:59Z, 2013-04-24T11:59:59Z))

-- current: source 1, at most 10000 rows, America/New_York
-- $1 text "UA"
-- $2 timestamp 2013-04-24T12:00:00Z
-- $3 timestamp 2013-04-24T12:30:00Z
select result."fanlight column 1" as "flights"
from (
select count(*) as "fanlight column 1"
from (
select * from flights where carrier = (select p1 from fanlight_values)
) as dataset
where (dataset."time_hour" between (select p2 from fanlight_values) and (select p3 from fanlight_values))
) as result;

-- previous: source 1, at most 10000 rows, America/New_York
-- $1 text "UA"
-- $2 timestamp 2013-04-24T11:29:59Z
-- $3 timestamp 2013-04-24T11:59:59Z
select result."fanlight column 1" as "flights"
from (
select count(*) as "fanlight column 1"
from (
select * from flights where carrier = (select p1 from fanlight_values)
) as dataset
where (dataset."time_hour" between (select p2 from fanlight_values) and (select p3 from fanlight_values))
) as result;

-- previous rows: source 1, at most 10000 rows, America/New_York
-- $1 text "America/New_York"
-- $2 text "America/New_York"
-- $3 text "UA"
-- $4 timestamp 2013-04-24T11:29:59Z
-- $5 timestamp 2013-04-24T11:59:59Z
-- then Fill(Fill { axis: 0, bucket: Hour, zone: TimeZoneName("America/New_York"), from: Some(2013-04-24T11:29:59Z), to: Some(2013-04-24T11:59:59Z), series: [], zeros: [1] })
-- then Sort([Column { column: 0, descending: false }, Column { column: 1, descending: false }])
select result."fanlight column 1" as "time_hour", result."fanlight column 2" as "flights"
from (
select toTimeZone(toStartOfHour(toDateTime(dataset."time_hour", (select p1 from fanlight_values)), (select p2 from fanlight_values)), 'UTC') as "fanlight column 1", count(*) as "fanlight column 2"
from (
select * from flights where carrier = (select p3 from fanlight_values)
) as dataset
where (dataset."time_hour" between (select p4 from fanlight_values) and (select p5 from fanlight_values))
group by "fanlight column 1"
) as result
order by "time_hour" nulls last, "flights" nulls last;
