-- rows: source 1, at most 10000 rows, America/New_York
-- $1 text "America/New_York"
-- $2 text "UA"
-- $3 text "America/New_York"
-- $4 date 2013-05-15
-- $5 date 2013-08-14
-- then Fill(Fill { axis: 0, bucket: Week, zone: TimeZoneName("America/New_York"), from: Some(2013-05-15T04:00:00Z), to: Some(2013-08-15T03:59:59.999999Z), series: [], zeros: [1] })
-- then Sort([Column { column: 0, descending: false }, Column { column: 1, descending: false }])
select fanlight_bucket('week', dataset."time_hour", ?1) as "time_hour", count(*) as "flights"
from (
select * from flights where carrier = ?2 collate binary
) as dataset
where fanlight_bucket('day', dataset."time_hour", ?3) between ?4 and ?5
group by 1
order by 1 nulls last, 2 nulls last;

-- by Week: (Days(Days { first: 2013-05-15, last: 2013-08-14 }), Days(Days { first: 2013-02-15, last: 2013-05-14 }))

-- current: source 1, at most 10000 rows, America/New_York
-- $1 text "UA"
-- $2 text "America/New_York"
-- $3 date 2013-05-15
-- $4 date 2013-08-14
select count(*) as "flights"
from (
select * from flights where carrier = ?1 collate binary
) as dataset
where fanlight_bucket('day', dataset."time_hour", ?2) between ?3 and ?4;

-- previous: source 1, at most 10000 rows, America/New_York
-- $1 text "UA"
-- $2 text "America/New_York"
-- $3 date 2013-02-15
-- $4 date 2013-05-14
select count(*) as "flights"
from (
select * from flights where carrier = ?1 collate binary
) as dataset
where fanlight_bucket('day', dataset."time_hour", ?2) between ?3 and ?4;

-- previous rows: source 1, at most 10000 rows, America/New_York
-- $1 text "America/New_York"
-- $2 text "UA"
-- $3 text "America/New_York"
-- $4 date 2013-02-15
-- $5 date 2013-05-14
-- then Fill(Fill { axis: 0, bucket: Week, zone: TimeZoneName("America/New_York"), from: Some(2013-02-15T05:00:00Z), to: Some(2013-05-15T03:59:59.999999Z), series: [], zeros: [1] })
-- then Sort([Column { column: 0, descending: false }, Column { column: 1, descending: false }])
select fanlight_bucket('week', dataset."time_hour", ?1) as "time_hour", count(*) as "flights"
from (
select * from flights where carrier = ?2 collate binary
) as dataset
where fanlight_bucket('day', dataset."time_hour", ?3) between ?4 and ?5
group by 1
order by 1 nulls last, 2 nulls last;
