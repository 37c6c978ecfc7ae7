-- rows: source 1, at most 10000 rows, UTC
-- $1 text "UA"
-- $2 timestamp 2013-03-31T23:59:59.999999Z
-- then Fill(Fill { axis: 0, bucket: Month, zone: TimeZoneName("UTC"), from: Some(2013-04-01T00:00:00Z), to: None, series: [], zeros: [1] })
-- then Sort([Column { column: 0, descending: false }, Column { column: 1, descending: false }])
select cast(date_trunc('month', make_timestamp(epoch_us(cast(dataset."time_hour" as timestamptz)))) as date) as "month", count(*) as "flights"
from (
select * from flights where carrier = $1
) as dataset
where dataset."time_hour" > $2
group by 1
order by 1 nulls last, 2 nulls last;
