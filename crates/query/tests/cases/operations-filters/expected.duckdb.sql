-- rows: source 1, at most 10000 rows, America/New_York
-- $1 text "UA"
-- $2 text "x"
-- $3 text "Ab_%"
-- $4 integer 1
-- $5 integer 2
-- $6 date 2013-03-02
-- $7 date 2013-03-11
-- $8 text "America/New_York"
-- $9 date 2013-03-03
-- $10 date 2013-03-09
-- $11 date 2013-02-28
-- $12 date 2013-04-02
-- $13 text "America/New_York"
-- $14 date 2013-03-01
-- $15 date 2013-03-31
-- $16 date 2012-09-30
-- $17 date 2013-01-02
-- $18 text "America/New_York"
-- $19 date 2012-10-01
-- $20 date 2012-12-31
-- $21 timestamp 2013-01-01T05:00:00Z
-- $22 timestamp 2013-03-01T04:59:59.999999Z
-- $23 text "JFK"
-- $24 text "LGA"
-- $25 text "JFK"
-- $26 text "LGA"
-- $27 text "UA"
select count(*) as "flights"
from (
select * from flights where carrier = $1
) as dataset
where not (contains(lower(cast(dataset."a" as varchar)), lower($2)))
  and ends_with(lower(cast(dataset."b" as varchar)), lower($3))
  and not (dataset."c" between $4 and $5)
  and dataset."d" is true
  and dataset."e" is false
  and dataset."time_hour" >= $6 and dataset."time_hour" < $7 and cast(date_trunc('day', case typeof(dataset."time_hour") when 'DATE' then cast(dataset."time_hour" as timestamp) else timezone($8, cast(dataset."time_hour" as timestamptz)) end) as date) between $9 and $10
  and dataset."time_hour" >= $11 and dataset."time_hour" < $12 and cast(date_trunc('day', case typeof(dataset."time_hour") when 'DATE' then cast(dataset."time_hour" as timestamp) else timezone($13, cast(dataset."time_hour" as timestamptz)) end) as date) between $14 and $15
  and dataset."time_hour" >= $16 and dataset."time_hour" < $17 and cast(date_trunc('day', case typeof(dataset."time_hour") when 'DATE' then cast(dataset."time_hour" as timestamp) else timezone($18, cast(dataset."time_hour" as timestamptz)) end) as date) between $19 and $20
  and (dataset."time_hour" between $21 and $22)
  and dataset."origin" in ($23, $24)
  and dataset."origin" in ($25, $26)
  and dataset."carrier" = $27;
