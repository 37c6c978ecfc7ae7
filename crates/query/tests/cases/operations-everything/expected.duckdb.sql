-- rows: source 1, at most 50 rows, UTC
-- $1 text "UTC"
-- $2 text "UTC"
-- $3 text "UTC"
-- $4 text "UTC"
-- $5 text "UTC"
-- $6 text "UTC"
-- $7 text "UTC"
-- $8 text "UTC"
-- $9 text "UTC"
-- $10 text "UA"
-- $11 text "x"
-- $12 integer 1
-- $13 text "x"
-- $14 boolean true
-- $15 float 1.5
-- $16 text "2013-01-01"
-- $17 boolean true
-- $18 integer 1
-- $19 integer 1
-- $20 integer 1
-- $21 integer 2
-- $22 text "50%_"
-- $23 text "5"
-- $24 integer 50
-- $25 integer 0
select dataset."origin" as "origin", case typeof(dataset."time_hour") when 'DATE' then timezone($1, cast(dataset."time_hour" as timestamp)) else cast(dataset."time_hour" as timestamptz) end - (timezone($2, case typeof(dataset."time_hour") when 'DATE' then timezone($3, cast(dataset."time_hour" as timestamp)) else cast(dataset."time_hour" as timestamptz) end) - date_trunc('hour', timezone($4, case typeof(dataset."time_hour") when 'DATE' then timezone($5, cast(dataset."time_hour" as timestamp)) else cast(dataset."time_hour" as timestamptz) end))) as "hour", cast(date_trunc('day', case typeof(dataset."time_hour") when 'DATE' then cast(dataset."time_hour" as timestamp) else timezone($6, cast(dataset."time_hour" as timestamptz)) end) as date) as "day", cast(date_trunc('week', case typeof(dataset."time_hour") when 'DATE' then cast(dataset."time_hour" as timestamp) else timezone($7, cast(dataset."time_hour" as timestamptz)) end) as date) as "week", cast(date_trunc('quarter', case typeof(dataset."time_hour") when 'DATE' then cast(dataset."time_hour" as timestamp) else timezone($8, cast(dataset."time_hour" as timestamptz)) end) as date) as "quarter", cast(date_trunc('year', case typeof(dataset."time_hour") when 'DATE' then cast(dataset."time_hour" as timestamp) else timezone($9, cast(dataset."time_hour" as timestamptz)) end) as date) as "year", count(*) as "n", count(dataset."dep_time") as "departed", count(distinct dataset."dest") as "it's ""quoted""", sum(dataset."distance") as "miles", avg(dataset."dep_delay") as "mean", min(dataset."dep_delay") as "least", max(dataset."dep_delay") as "most"
from (
select * from flights where carrier = $10
) as dataset
where dataset."a" = $11
  and dataset."b" <> $12
  and dataset."c" in ($13, $14)
  and dataset."d" not in ($15)
  and dataset."e" > $16
  and dataset."f" >= $17
  and dataset."g" < $18
  and dataset."h" <= $19
  and dataset."i" between $20 and $21
  and contains(lower(cast(dataset."j" as varchar)), lower($22))
  and starts_with(lower(cast(dataset."k" as varchar)), lower($23))
  and dataset."l" is null
  and dataset."m" is not null
group by 1, 2, 3, 4, 5, 6
order by 1 nulls last, 2 nulls last, 3 nulls last, 4 nulls last, 5 nulls last, 6 nulls last, 7 nulls last, 8 nulls last, 9 nulls last, 10 nulls last, 11 nulls last, 12 nulls last, 13 nulls last
limit $24 offset $25;

-- total: source 1, at most 1 rows, UTC
-- $1 text "UTC"
-- $2 text "UTC"
-- $3 text "UTC"
-- $4 text "UTC"
-- $5 text "UTC"
-- $6 text "UTC"
-- $7 text "UTC"
-- $8 text "UTC"
-- $9 text "UTC"
-- $10 text "UA"
-- $11 text "x"
-- $12 integer 1
-- $13 text "x"
-- $14 boolean true
-- $15 float 1.5
-- $16 text "2013-01-01"
-- $17 boolean true
-- $18 integer 1
-- $19 integer 1
-- $20 integer 1
-- $21 integer 2
-- $22 text "50%_"
-- $23 text "5"
-- $24 integer 500
select count(*) as "total"
from (
select dataset."origin" as "origin", case typeof(dataset."time_hour") when 'DATE' then timezone($1, cast(dataset."time_hour" as timestamp)) else cast(dataset."time_hour" as timestamptz) end - (timezone($2, case typeof(dataset."time_hour") when 'DATE' then timezone($3, cast(dataset."time_hour" as timestamp)) else cast(dataset."time_hour" as timestamptz) end) - date_trunc('hour', timezone($4, case typeof(dataset."time_hour") when 'DATE' then timezone($5, cast(dataset."time_hour" as timestamp)) else cast(dataset."time_hour" as timestamptz) end))) as "hour", cast(date_trunc('day', case typeof(dataset."time_hour") when 'DATE' then cast(dataset."time_hour" as timestamp) else timezone($6, cast(dataset."time_hour" as timestamptz)) end) as date) as "day", cast(date_trunc('week', case typeof(dataset."time_hour") when 'DATE' then cast(dataset."time_hour" as timestamp) else timezone($7, cast(dataset."time_hour" as timestamptz)) end) as date) as "week", cast(date_trunc('quarter', case typeof(dataset."time_hour") when 'DATE' then cast(dataset."time_hour" as timestamp) else timezone($8, cast(dataset."time_hour" as timestamptz)) end) as date) as "quarter", cast(date_trunc('year', case typeof(dataset."time_hour") when 'DATE' then cast(dataset."time_hour" as timestamp) else timezone($9, cast(dataset."time_hour" as timestamptz)) end) as date) as "year", count(*) as "n", count(dataset."dep_time") as "departed", count(distinct dataset."dest") as "it's ""quoted""", sum(dataset."distance") as "miles", avg(dataset."dep_delay") as "mean", min(dataset."dep_delay") as "least", max(dataset."dep_delay") as "most"
from (
select * from flights where carrier = $10
) as dataset
where dataset."a" = $11
  and dataset."b" <> $12
  and dataset."c" in ($13, $14)
  and dataset."d" not in ($15)
  and dataset."e" > $16
  and dataset."f" >= $17
  and dataset."g" < $18
  and dataset."h" <= $19
  and dataset."i" between $20 and $21
  and contains(lower(cast(dataset."j" as varchar)), lower($22))
  and starts_with(lower(cast(dataset."k" as varchar)), lower($23))
  and dataset."l" is null
  and dataset."m" is not null
group by 1, 2, 3, 4, 5, 6
limit $24
) as counted;
