-- rows: source 1, at most 10000 rows, America/New_York
-- $1 text "America/New_York"
-- $2 text "UA"
-- $3 date 2013-07-15
-- $4 date 2013-08-17
-- $5 text "America/New_York"
-- $6 date 2013-07-16
-- $7 date 2013-08-15
-- then Fill(Fill { axis: 1, bucket: Day, zone: TimeZoneName("America/New_York"), from: Some(2013-07-16T04:00:00Z), to: Some(2013-08-16T03:59:59.999999Z), series: [0], zeros: [2, 4] })
-- then Running { column: 2, kind: Total, window: None, along: Some(1), series: [0] }
-- then Running { column: 3, kind: Average, window: Some(7), along: Some(1), series: [0] }
-- then Share { column: 4, within: [1] }
-- then Sort([Column { column: 0, descending: false }, Column { column: 1, descending: true }, Column { column: 2, descending: false }, Column { column: 3, descending: false }, Column { column: 4, descending: false }])
select dataset."origin" as "origin", cast(date_trunc('day', case typeof(dataset."time_hour") when 'DATE' then cast(dataset."time_hour" as timestamp) else timezone($1, cast(dataset."time_hour" as timestamptz)) end) as date) as "day", count(*) as "so_far", avg(dataset."dep_delay") as "week", count(*) as "share"
from (
select * from flights where carrier = $2
) as dataset
where dataset."time_hour" >= $3 and dataset."time_hour" < $4 and cast(date_trunc('day', case typeof(dataset."time_hour") when 'DATE' then cast(dataset."time_hour" as timestamp) else timezone($5, cast(dataset."time_hour" as timestamptz)) end) as date) between $6 and $7
group by 1, 2
order by 1 nulls last, 2 desc nulls last, 3 nulls last, 4 nulls last, 5 nulls last;
