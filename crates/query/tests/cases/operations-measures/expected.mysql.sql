-- rows: source 1, at most 50 rows, America/New_York
-- $1 text "LAX"
-- $2 text "UA"
-- $3 integer 50
-- $4 integer 0
select *
from (
select dataset.`fanlight key 1` as `origin`, sum(case when dataset.`dep_delay` is not null and abs(dataset.`fanlight rank 1` - 1 - 0.9 * (dataset.`fanlight count 1` - 1)) < 1 then cast(dataset.`dep_delay` as double) * (1 - abs(dataset.`fanlight rank 1` - 1 - 0.9 * (dataset.`fanlight count 1` - 1))) end) as `p90`, sum(case when dataset.`dep_delay` is not null and abs(dataset.`fanlight rank 1` - 1 - 0.5 * (dataset.`fanlight count 1` - 1)) < 1 then cast(dataset.`dep_delay` as double) * (1 - abs(dataset.`fanlight rank 1` - 1 - 0.5 * (dataset.`fanlight count 1` - 1))) end) as `middle`, (cast(sum(dataset.`distance`) as double) / nullif(sum(dataset.`air_time`), 0)) as `speed`, (cast(sum((dataset.`arr_delay` * dataset.`distance`)) as double) / nullif(sum(case when (not (dataset.`arr_delay` is null)) then dataset.`distance` end), 0)) as `weighted`, count(*) as `flights`, sum(dataset.`distance`) as `miles`, (cast(sum(dataset.`distance`) as double) / nullif(count(*), 0)) as `miles_per_flight`, (cast(sum(case when (dataset.`dep_delay` > 15) then 1 else 0 end) as double) / nullif(count(dataset.`dep_delay`), 0)) as `late`, round((cast((100 * count(case when (dataset.`dest` = ?) then 1 end)) as double) / nullif(count(*), 0)), 1) as `to_lax`
from (
select dataset.*, dataset.`origin` as `fanlight key 1`, row_number() over (partition by dataset.`origin`, 1 order by dataset.`dep_delay` is null, dataset.`dep_delay`) as `fanlight rank 1`, count(dataset.`dep_delay`) over (partition by dataset.`origin`, 1) as `fanlight count 1`
from (
select * from flights where carrier = cast(? as binary)
) as dataset
) as dataset
group by 1
) as result
order by result.`origin` is null, result.`origin`, result.`p90` is null, result.`p90`, result.`middle` is null, result.`middle`, result.`speed` is null, result.`speed`, result.`weighted` is null, result.`weighted`, result.`flights` is null, result.`flights`, result.`miles` is null, result.`miles`, result.`miles_per_flight` is null, result.`miles_per_flight`, result.`late` is null, result.`late`, result.`to_lax` is null, result.`to_lax`
limit ? offset ?;

-- total: source 1, at most 1 rows, America/New_York
-- $1 text "LAX"
-- $2 text "UA"
select count(*) as `total`
from (
select *
from (
select dataset.`fanlight key 1` as `origin`, sum(case when dataset.`dep_delay` is not null and abs(dataset.`fanlight rank 1` - 1 - 0.9 * (dataset.`fanlight count 1` - 1)) < 1 then cast(dataset.`dep_delay` as double) * (1 - abs(dataset.`fanlight rank 1` - 1 - 0.9 * (dataset.`fanlight count 1` - 1))) end) as `p90`, sum(case when dataset.`dep_delay` is not null and abs(dataset.`fanlight rank 1` - 1 - 0.5 * (dataset.`fanlight count 1` - 1)) < 1 then cast(dataset.`dep_delay` as double) * (1 - abs(dataset.`fanlight rank 1` - 1 - 0.5 * (dataset.`fanlight count 1` - 1))) end) as `middle`, (cast(sum(dataset.`distance`) as double) / nullif(sum(dataset.`air_time`), 0)) as `speed`, (cast(sum((dataset.`arr_delay` * dataset.`distance`)) as double) / nullif(sum(case when (not (dataset.`arr_delay` is null)) then dataset.`distance` end), 0)) as `weighted`, count(*) as `flights`, sum(dataset.`distance`) as `miles`, (cast(sum(dataset.`distance`) as double) / nullif(count(*), 0)) as `miles_per_flight`, (cast(sum(case when (dataset.`dep_delay` > 15) then 1 else 0 end) as double) / nullif(count(dataset.`dep_delay`), 0)) as `late`, round((cast((100 * count(case when (dataset.`dest` = ?) then 1 end)) as double) / nullif(count(*), 0)), 1) as `to_lax`
from (
select dataset.*, dataset.`origin` as `fanlight key 1`, row_number() over (partition by dataset.`origin`, 1 order by dataset.`dep_delay` is null, dataset.`dep_delay`) as `fanlight rank 1`, count(dataset.`dep_delay`) over (partition by dataset.`origin`, 1) as `fanlight count 1`
from (
select * from flights where carrier = cast(? as binary)
) as dataset
) as dataset
group by 1
) as result
) as counted;
