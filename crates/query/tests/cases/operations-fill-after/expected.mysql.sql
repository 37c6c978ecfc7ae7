-- rows: source 1, at most 10000 rows, UTC
-- $1 text "UA"
-- $2 timestamp 2013-03-31T23:59:59.999999Z
-- then Fill(Fill { axis: 0, bucket: Month, zone: TimeZoneName("UTC"), from: Some(2013-04-01T00:00:00Z), to: None, series: [], zeros: [1] })
-- then Sort([Column { column: 0, descending: false }, Column { column: 1, descending: false }])
select *
from (
select cast(timestampadd(month, timestampdiff(month, date'0001-01-01', dataset.`time_hour`), date'0001-01-01') as date) as `month`, count(*) as `flights`
from (
select * from flights where carrier = cast(? as binary)
) as dataset
where dataset.`time_hour` > ?
group by 1
) as result
order by result.`month` is null, result.`month`, result.`flights` is null, result.`flights`;
