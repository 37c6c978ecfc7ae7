-- rows: source 1, at most 10000 rows, America/New_York
-- $1 text "Others"
-- $2 text "Others"
-- $3 text "Others"
-- $4 text "UA"
-- $5 text "JFK"
-- $6 integer 3
-- $7 text "UA"
-- $8 text "JFK"
select result.`dest`, result.`flights`, result.`p90`
from (
select dataset.`fanlight key 1` as `dest`, count(*) as `flights`, sum(case when dataset.`arr_delay` is not null and abs(dataset.`fanlight rank 1` - 1 - 0.9 * (dataset.`fanlight count 1` - 1)) < 1 then cast(dataset.`arr_delay` as double) * (1 - abs(dataset.`fanlight rank 1` - 1 - 0.9 * (dataset.`fanlight count 1` - 1))) end) as `p90`, dataset.`fanlight others` as `fanlight others`
from (
select dataset.*, case when dataset.`fanlight others` = 1 then ? else cast(dataset.`dest` as char) end as `fanlight key 1`, row_number() over (partition by case when dataset.`fanlight others` = 1 then ? else cast(dataset.`dest` as char) end, dataset.`fanlight others`, 1 order by dataset.`arr_delay` is null, dataset.`arr_delay`) as `fanlight rank 1`, count(dataset.`arr_delay`) over (partition by case when dataset.`fanlight others` = 1 then ? else cast(dataset.`dest` as char) end, dataset.`fanlight others`, 1) as `fanlight count 1`
from (
select dataset.*, case when dataset.`dest` in (
select kept.`dest`
from (
select *
from (
select dataset.`fanlight key 1` as `dest`, count(*) as `flights`, sum(case when dataset.`arr_delay` is not null and abs(dataset.`fanlight rank 1` - 1 - 0.9 * (dataset.`fanlight count 1` - 1)) < 1 then cast(dataset.`arr_delay` as double) * (1 - abs(dataset.`fanlight rank 1` - 1 - 0.9 * (dataset.`fanlight count 1` - 1))) end) as `p90`
from (
select dataset.*, dataset.`dest` as `fanlight key 1`, row_number() over (partition by dataset.`dest`, 1 order by dataset.`arr_delay` is null, dataset.`arr_delay`) as `fanlight rank 1`, count(dataset.`arr_delay`) over (partition by dataset.`dest`, 1) as `fanlight count 1`
from (
select * from flights where carrier = cast(? as binary)
) as dataset
where dataset.`origin` = ?
  and dataset.`dest` is not null
) as dataset
group by 1
) as result
order by result.`flights` desc, result.`dest` is null, result.`dest`, result.`p90` is null, result.`p90`
limit ?
) as kept
) then 0 else 1 end as `fanlight others`
from (
select * from flights where carrier = cast(? as binary)
) as dataset
where dataset.`origin` = ?
) as dataset
) as dataset
group by 1, 4
) as result
order by result.`fanlight others`, result.`flights` desc, result.`dest` is null, result.`dest`, result.`p90` is null, result.`p90`;
