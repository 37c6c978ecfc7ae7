-- rows: source 1, at most 10000 rows, UTC
-- $1 text "UA"
select *
from (
select cast(timestampadd(month, timestampdiff(month, date'0001-01-01', dataset.`time_hour`), date'0001-01-01') as date) as `month`, count(*) as `flights`
from (
select
  time_hour, carrier, flight, tailnum, origin, dest, dep_delay, arr_delay, distance,
  case when dep_delay > 15 then 1.0 when dep_delay is not null then 0.0 end as is_late
from flights
where carrier = cast(? as binary)
) as dataset
group by 1
) as result
order by result.`month` is null, result.`month`, result.`flights` is null, result.`flights`;
