-- rows: source 1, at most 10000 rows, America/New_York
-- $1 text "America/New_York"
-- $2 text "UA"
-- $3 timestamp 2013-04-24T12:00:00Z
-- $4 timestamp 2013-04-24T12:30:00Z
-- then Fill(Fill { axis: 0, bucket: Hour, zone: TimeZoneName("America/New_York"), from: Some(2013-04-24T12:00:00Z), to: Some(2013-04-24T12:30:00Z), series: [], zeros: [1] })
-- then Sort([Column { column: 0, descending: false }, Column { column: 1, descending: false }])
select fanlight_bucket('hour', dataset."time_hour", ?1) as "time_hour", count(*) as "flights"
from (
select * from flights where carrier = ?2 collate binary
) as dataset
where (dataset."time_hour" between ?3 and ?4)
group by 1
order by 1 nulls last, 2 nulls last;

-- by Hour: (Instants(2013-04-24T12:00:00Z, 2013-04-24T12:30:00Z), Instants(2013-04-24T11:29:59Z, 2013-04-24T11:59:59Z))

-- current: source 1, at most 10000 rows, America/New_York
-- $1 text "UA"
-- $2 timestamp 2013-04-24T12:00:00Z
-- $3 timestamp 2013-04-24T12:30:00Z
select count(*) as "flights"
from (
select * from flights where carrier = ?1 collate binary
) as dataset
where (dataset."time_hour" between ?2 and ?3);

-- previous: source 1, at most 10000 rows, America/New_York
-- $1 text "UA"
-- $2 timestamp 2013-04-24T11:29:59Z
-- $3 timestamp 2013-04-24T11:59:59Z
select count(*) as "flights"
from (
select * from flights where carrier = ?1 collate binary
) as dataset
where (dataset."time_hour" between ?2 and ?3);

-- previous rows: source 1, at most 10000 rows, America/New_York
-- $1 text "America/New_York"
-- $2 text "UA"
-- $3 timestamp 2013-04-24T11:29:59Z
-- $4 timestamp 2013-04-24T11:59:59Z
-- then Fill(Fill { axis: 0, bucket: Hour, zone: TimeZoneName("America/New_York"), from: Some(2013-04-24T11:29:59Z), to: Some(2013-04-24T11:59:59Z), series: [], zeros: [1] })
-- then Sort([Column { column: 0, descending: false }, Column { column: 1, descending: false }])
select fanlight_bucket('hour', dataset."time_hour", ?1) as "time_hour", count(*) as "flights"
from (
select * from flights where carrier = ?2 collate binary
) as dataset
where (dataset."time_hour" between ?3 and ?4)
group by 1
order by 1 nulls last, 2 nulls last;
