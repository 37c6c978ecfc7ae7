-- rows: source 1, at most 10000 rows, UTC
-- $1 text "UA"
-- $2 text "UA"
select *
from (
select cast(timestampadd(day, timestampdiff(day, date'0001-01-01', dataset.`time_hour`), date'0001-01-01') as date) as `time_hour`, dataset.`origin` as `origin`, count(*) as `n`
from (
select *
from (
select * from flights
) as policy
where policy.`carrier` = ? and cast(convert(policy.`carrier` using utf8mb4) as binary) = cast(? as binary)
) as dataset
group by 1, 2
) as result
order by result.`time_hour` is null, result.`time_hour`, result.`origin` is null, result.`origin`, result.`n` is null, result.`n`;
