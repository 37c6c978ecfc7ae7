-- rows: source 1, at most 10000 rows, America/New_York
-- $1 text "America/New_York"
-- $2 text "America/New_York"
-- $3 text "America/New_York"
-- $4 text "America/New_York"
-- $5 text "America/New_York"
-- $6 text "UA"
-- $7 timestamp 2013-04-24T12:00:00Z
-- $8 timestamp 2013-04-24T12:30:00Z
-- then Fill(Fill { axis: 0, bucket: Hour, zone: TimeZoneName("America/New_York"), from: Some(2013-04-24T12:00:00Z), to: Some(2013-04-24T12:30:00Z), series: [], zeros: [1] })
-- then Sort([Column { column: 0, descending: false }, Column { column: 1, descending: false }])
select case when pg_typeof(dataset."time_hour") = cast('date' as regtype) then timezone(cast($1 as text), cast(dataset."time_hour" as timestamp)) else cast(dataset."time_hour" as timestamptz) end - (timezone(cast($2 as text), case when pg_typeof(dataset."time_hour") = cast('date' as regtype) then timezone(cast($3 as text), cast(dataset."time_hour" as timestamp)) else cast(dataset."time_hour" as timestamptz) end) - date_trunc('hour', timezone(cast($4 as text), case when pg_typeof(dataset."time_hour") = cast('date' as regtype) then timezone(cast($5 as text), cast(dataset."time_hour" as timestamp)) else cast(dataset."time_hour" as timestamptz) end))) as "time_hour", count(*) as "flights"
from (
select * from flights where carrier = $6
) as dataset
where (dataset."time_hour" between $7 and $8)
group by 1
order by 1 nulls last, 2 nulls last;

-- by Hour: (Instants(2013-04-24T12:00:00Z, 2013-04-24T12:30:00Z), Instants(2013-04-24T11:29:59Z, 2013-04-24T11:59:59Z))

-- current: source 1, at most 10000 rows, America/New_York
-- $1 text "UA"
-- $2 timestamp 2013-04-24T12:00:00Z
-- $3 timestamp 2013-04-24T12:30:00Z
select count(*) as "flights"
from (
select * from flights where carrier = $1
) as dataset
where (dataset."time_hour" between $2 and $3);

-- previous: source 1, at most 10000 rows, America/New_York
-- $1 text "UA"
-- $2 timestamp 2013-04-24T11:29:59Z
-- $3 timestamp 2013-04-24T11:59:59Z
select count(*) as "flights"
from (
select * from flights where carrier = $1
) as dataset
where (dataset."time_hour" between $2 and $3);

-- previous rows: source 1, at most 10000 rows, America/New_York
-- $1 text "America/New_York"
-- $2 text "America/New_York"
-- $3 text "America/New_York"
-- $4 text "America/New_York"
-- $5 text "America/New_York"
-- $6 text "UA"
-- $7 timestamp 2013-04-24T11:29:59Z
-- $8 timestamp 2013-04-24T11:59:59Z
-- then Fill(Fill { axis: 0, bucket: Hour, zone: TimeZoneName("America/New_York"), from: Some(2013-04-24T11:29:59Z), to: Some(2013-04-24T11:59:59Z), series: [], zeros: [1] })
-- then Sort([Column { column: 0, descending: false }, Column { column: 1, descending: false }])
select case when pg_typeof(dataset."time_hour") = cast('date' as regtype) then timezone(cast($1 as text), cast(dataset."time_hour" as timestamp)) else cast(dataset."time_hour" as timestamptz) end - (timezone(cast($2 as text), case when pg_typeof(dataset."time_hour") = cast('date' as regtype) then timezone(cast($3 as text), cast(dataset."time_hour" as timestamp)) else cast(dataset."time_hour" as timestamptz) end) - date_trunc('hour', timezone(cast($4 as text), case when pg_typeof(dataset."time_hour") = cast('date' as regtype) then timezone(cast($5 as text), cast(dataset."time_hour" as timestamp)) else cast(dataset."time_hour" as timestamptz) end))) as "time_hour", count(*) as "flights"
from (
select * from flights where carrier = $6
) as dataset
where (dataset."time_hour" between $7 and $8)
group by 1
order by 1 nulls last, 2 nulls last;
