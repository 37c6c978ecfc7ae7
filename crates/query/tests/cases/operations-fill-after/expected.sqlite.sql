-- rows: source 1, at most 10000 rows, UTC
-- $1 text "UTC"
-- $2 text "UA"
-- $3 timestamp 2013-03-31T23:59:59.999999Z
-- then Fill(Fill { axis: 0, bucket: Month, zone: TimeZoneName("UTC"), from: Some(2013-04-01T00:00:00Z), to: None, series: [], zeros: [1] })
-- then Sort([Column { column: 0, descending: false }, Column { column: 1, descending: false }])
select fanlight_bucket('month', dataset."time_hour", ?1) as "month", count(*) as "flights"
from (
select * from flights where carrier = ?2 collate binary
) as dataset
where dataset."time_hour" > ?3
group by 1
order by 1 nulls last, 2 nulls last;
