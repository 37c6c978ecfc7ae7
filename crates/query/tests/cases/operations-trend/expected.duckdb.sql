-- rows: source 1, at most 10000 rows, America/New_York
-- $1 text "America/New_York"
-- $2 text "UA"
-- $3 date 2013-05-14
-- $4 date 2013-08-16
-- $5 text "America/New_York"
-- $6 date 2013-05-15
-- $7 date 2013-08-14
-- then Fill(Fill { axis: 0, bucket: Week, zone: TimeZoneName("America/New_York"), from: Some(2013-05-15T04:00:00Z), to: Some(2013-08-15T03:59:59.999999Z), series: [], zeros: [1] })
-- then Sort([Column { column: 0, descending: false }, Column { column: 1, descending: false }])
select cast(date_trunc('week', case typeof(dataset."time_hour") when 'DATE' then cast(dataset."time_hour" as timestamp) else timezone($1, cast(dataset."time_hour" as timestamptz)) end) as date) as "time_hour", count(*) as "flights"
from (
select * from flights where carrier = $2
) as dataset
where dataset."time_hour" >= $3 and dataset."time_hour" < $4 and cast(date_trunc('day', case typeof(dataset."time_hour") when 'DATE' then cast(dataset."time_hour" as timestamp) else timezone($5, cast(dataset."time_hour" as timestamptz)) end) as date) between $6 and $7
group by 1
order by 1 nulls last, 2 nulls last;

-- by Week: (Days(Days { first: 2013-05-15, last: 2013-08-14 }), Days(Days { first: 2013-02-15, last: 2013-05-14 }))

-- current: source 1, at most 10000 rows, America/New_York
-- $1 text "UA"
-- $2 date 2013-05-14
-- $3 date 2013-08-16
-- $4 text "America/New_York"
-- $5 date 2013-05-15
-- $6 date 2013-08-14
select count(*) as "flights"
from (
select * from flights where carrier = $1
) as dataset
where dataset."time_hour" >= $2 and dataset."time_hour" < $3 and cast(date_trunc('day', case typeof(dataset."time_hour") when 'DATE' then cast(dataset."time_hour" as timestamp) else timezone($4, cast(dataset."time_hour" as timestamptz)) end) as date) between $5 and $6;

-- previous: source 1, at most 10000 rows, America/New_York
-- $1 text "UA"
-- $2 date 2013-02-14
-- $3 date 2013-05-16
-- $4 text "America/New_York"
-- $5 date 2013-02-15
-- $6 date 2013-05-14
select count(*) as "flights"
from (
select * from flights where carrier = $1
) as dataset
where dataset."time_hour" >= $2 and dataset."time_hour" < $3 and cast(date_trunc('day', case typeof(dataset."time_hour") when 'DATE' then cast(dataset."time_hour" as timestamp) else timezone($4, cast(dataset."time_hour" as timestamptz)) end) as date) between $5 and $6;

-- previous rows: source 1, at most 10000 rows, America/New_York
-- $1 text "America/New_York"
-- $2 text "UA"
-- $3 date 2013-02-14
-- $4 date 2013-05-16
-- $5 text "America/New_York"
-- $6 date 2013-02-15
-- $7 date 2013-05-14
-- then Fill(Fill { axis: 0, bucket: Week, zone: TimeZoneName("America/New_York"), from: Some(2013-02-15T05:00:00Z), to: Some(2013-05-15T03:59:59.999999Z), series: [], zeros: [1] })
-- then Sort([Column { column: 0, descending: false }, Column { column: 1, descending: false }])
select cast(date_trunc('week', case typeof(dataset."time_hour") when 'DATE' then cast(dataset."time_hour" as timestamp) else timezone($1, cast(dataset."time_hour" as timestamptz)) end) as date) as "time_hour", count(*) as "flights"
from (
select * from flights where carrier = $2
) as dataset
where dataset."time_hour" >= $3 and dataset."time_hour" < $4 and cast(date_trunc('day', case typeof(dataset."time_hour") when 'DATE' then cast(dataset."time_hour" as timestamp) else timezone($5, cast(dataset."time_hour" as timestamptz)) end) as date) between $6 and $7
group by 1
order by 1 nulls last, 2 nulls last;
