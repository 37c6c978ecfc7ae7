-- rows: source 1, at most 50 rows, UTC
-- $1 text "UA"
-- $2 text "x"
-- $3 integer 1
-- $4 text "x"
-- $5 text "y"
-- $6 float 1.5
-- $7 text "2013-01-01"
-- $8 boolean true
-- $9 integer 1
-- $10 integer 1
-- $11 integer 1
-- $12 integer 2
-- $13 text "50%_"
-- $14 text "5"
-- $15 integer 50
-- $16 integer 0
select *
from (
select dataset.`origin` as `origin`, case char_length(dataset.`time_hour`) when 10 then timestampadd(second, -(0), cast(dataset.`time_hour` as datetime(6))) else timestampadd(microsecond, -mod(timestampdiff(microsecond, timestamp'0001-01-01 00:00:00', timestampadd(second, 0, cast(dataset.`time_hour` as datetime(6)))), 3600000000), cast(dataset.`time_hour` as datetime(6))) end as `hour`, cast(timestampadd(day, timestampdiff(day, date'0001-01-01', dataset.`time_hour`), date'0001-01-01') as date) as `day`, cast(timestampadd(week, timestampdiff(week, date'0001-01-01', dataset.`time_hour`), date'0001-01-01') as date) as `week`, cast(timestampadd(quarter, timestampdiff(quarter, date'0001-01-01', dataset.`time_hour`), date'0001-01-01') as date) as `quarter`, cast(timestampadd(year, timestampdiff(year, date'0001-01-01', dataset.`time_hour`), date'0001-01-01') as date) as `year`, count(*) as `n`, count(dataset.`dep_time`) as `departed`, count(distinct dataset.`dest`) as `it's "quoted"`, sum(dataset.`distance`) as `miles`, avg(dataset.`dep_delay`) as `mean`, min(dataset.`dep_delay`) as `least`, max(dataset.`dep_delay`) as `most`
from (
select * from flights where carrier = cast(? as binary)
) as dataset
where dataset.`a` = ?
  and dataset.`b` <> ?
  and dataset.`c` in (?, ?)
  and dataset.`d` not in (?)
  and dataset.`e` > ?
  and dataset.`f` >= ?
  and dataset.`g` < ?
  and dataset.`h` <= ?
  and (dataset.`i` between ? and ?)
  and locate(lower(convert(? using utf8mb4)) collate utf8mb4_bin, lower(convert(dataset.`j` using utf8mb4))) > 0
  and locate(lower(convert(? using utf8mb4)) collate utf8mb4_bin, lower(convert(dataset.`k` using utf8mb4))) = 1
  and dataset.`l` is null
  and dataset.`m` is not null
group by 1, 2, 3, 4, 5, 6
) as result
order by result.`origin` is null, result.`origin`, result.`hour` is null, result.`hour`, result.`day` is null, result.`day`, result.`week` is null, result.`week`, result.`quarter` is null, result.`quarter`, result.`year` is null, result.`year`, result.`n` is null, result.`n`, result.`departed` is null, result.`departed`, result.`it's "quoted"` is null, result.`it's "quoted"`, result.`miles` is null, result.`miles`, result.`mean` is null, result.`mean`, result.`least` is null, result.`least`, result.`most` is null, result.`most`
limit ? offset ?;

-- total: source 1, at most 1 rows, UTC
-- $1 text "UA"
-- $2 text "x"
-- $3 integer 1
-- $4 text "x"
-- $5 text "y"
-- $6 float 1.5
-- $7 text "2013-01-01"
-- $8 boolean true
-- $9 integer 1
-- $10 integer 1
-- $11 integer 1
-- $12 integer 2
-- $13 text "50%_"
-- $14 text "5"
-- $15 integer 500
select count(*) as `total`
from (
select *
from (
select dataset.`origin` as `origin`, case char_length(dataset.`time_hour`) when 10 then timestampadd(second, -(0), cast(dataset.`time_hour` as datetime(6))) else timestampadd(microsecond, -mod(timestampdiff(microsecond, timestamp'0001-01-01 00:00:00', timestampadd(second, 0, cast(dataset.`time_hour` as datetime(6)))), 3600000000), cast(dataset.`time_hour` as datetime(6))) end as `hour`, cast(timestampadd(day, timestampdiff(day, date'0001-01-01', dataset.`time_hour`), date'0001-01-01') as date) as `day`, cast(timestampadd(week, timestampdiff(week, date'0001-01-01', dataset.`time_hour`), date'0001-01-01') as date) as `week`, cast(timestampadd(quarter, timestampdiff(quarter, date'0001-01-01', dataset.`time_hour`), date'0001-01-01') as date) as `quarter`, cast(timestampadd(year, timestampdiff(year, date'0001-01-01', dataset.`time_hour`), date'0001-01-01') as date) as `year`, count(*) as `n`, count(dataset.`dep_time`) as `departed`, count(distinct dataset.`dest`) as `it's "quoted"`, sum(dataset.`distance`) as `miles`, avg(dataset.`dep_delay`) as `mean`, min(dataset.`dep_delay`) as `least`, max(dataset.`dep_delay`) as `most`
from (
select * from flights where carrier = cast(? as binary)
) as dataset
where dataset.`a` = ?
  and dataset.`b` <> ?
  and dataset.`c` in (?, ?)
  and dataset.`d` not in (?)
  and dataset.`e` > ?
  and dataset.`f` >= ?
  and dataset.`g` < ?
  and dataset.`h` <= ?
  and (dataset.`i` between ? and ?)
  and locate(lower(convert(? using utf8mb4)) collate utf8mb4_bin, lower(convert(dataset.`j` using utf8mb4))) > 0
  and locate(lower(convert(? using utf8mb4)) collate utf8mb4_bin, lower(convert(dataset.`k` using utf8mb4))) = 1
  and dataset.`l` is null
  and dataset.`m` is not null
group by 1, 2, 3, 4, 5, 6
) as result
limit ?
) as counted;
