-- rows: source 1, at most 10000 rows, UTC
-- $1 text "UTC"
-- $2 text "UA"
-- $3 timestamp 2013-03-31T23:59:59.999999Z
-- then Fill(Fill { axis: 0, bucket: Month, zone: TimeZoneName("UTC"), from: Some(2013-04-01T00:00:00Z), to: None, series: [], zeros: [1] })
-- then Sort([Column { column: 0, descending: false }, Column { column: 1, descending: false }])
select result."fanlight column 1" as "month", result."fanlight column 2" as "flights"
from (
select toStartOfMonth(toDate(dataset."time_hour", (select p1 from fanlight_values))) as "fanlight column 1", count(*) as "fanlight column 2"
from (
select * from flights where carrier = (select p2 from fanlight_values)
) as dataset
where dataset."time_hour" > (select p3 from fanlight_values)
group by "fanlight column 1"
) as result
order by "month" nulls last, "flights" nulls last;
