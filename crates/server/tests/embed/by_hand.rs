//! Operations and what they are together, against SQL that was written by hand over the same flights.

use serde_json::{Value, json};

use crate::support::Server;

/// A panel without what all have, a request, and the SQL that says the same. Its column `n` numbers the
/// rows of the answer.
struct Case {
    name: &'static str,
    panel: Value,
    request: Value,
    columns: &'static str,
    sql: &'static str,
}

fn cases() -> Vec<Case> {
    vec![
        Case {
            name: "figures",
            panel: json!({"type": "table", "dimensions": [{"column": "origin"}], "measures": [
                {"name": "flights", "aggregate": "count"},
                {"name": "kinds", "aggregate": "count_distinct", "column": "tailnum"},
                {"name": "p90", "aggregate": "percentile", "column": "dep_delay", "p": 90},
                {"name": "weighted", "aggregate": "avg", "column": "arr_delay", "weight": "distance"},
                {"name": "ratio", "aggregate": "ratio", "column": "air_time", "over": "distance"},
                {"name": "late", "formula": "SUM(CASE WHEN dep_delay > 15 THEN 1 ELSE 0 END) / COUNT(dep_delay)"}]}),
            request: json!({}),
            columns: "origin flights kinds p90 weighted ratio late",
            sql: "with ranked as (
                    select origin, dep_delay,
                      row_number() over (partition by origin order by dep_delay) - 1 as place,
                      0.9 * (count(*) over (partition by origin) - 1) as wanted
                    from flights where carrier = 'UA' and dep_delay is not null
                  ), p90 as (
                    select origin, sum(dep_delay * (1 - abs(place - wanted))) as p90
                    from ranked where abs(place - wanted) < 1 group by origin
                  )
                  select row_number() over (order by f.origin) as n, f.origin, count(*) as flights,
                    count(distinct tailnum) as kinds, max(p90.p90) as p90,
                    sum(arr_delay * distance) * 1.0
                      / sum(case when arr_delay is not null then distance end) as weighted,
                    sum(air_time) * 1.0 / sum(distance) as ratio,
                    count(case when dep_delay > 15 then 1 end) * 1.0 / count(dep_delay) as late
                  from flights f join p90 on p90.origin = f.origin
                  where carrier = 'UA' group by f.origin",
        },
        Case {
            name: "others_sorted_by_the_viewer",
            panel: json!({"type": "bar", "dimensions": [{"column": "dest"}], "measures": [
                {"name": "flights", "aggregate": "count"},
                {"name": "delay", "aggregate": "avg", "column": "arr_delay"}],
                "sort": [{"column": "flights", "direction": "desc"}], "limit": 4, "others": "Rest"}),
            request: json!({"sort": [{"column": "dest", "direction": "desc"}]}),
            columns: "dest flights delay",
            sql: "with top as (
                    select dest from flights where carrier = 'UA'
                    group by dest order by count(*) desc, dest limit 4
                  ), named as (
                    select case when dest in (select dest from top) then dest else 'Rest' end as dest,
                      arr_delay
                    from flights where carrier = 'UA'
                  )
                  select row_number() over (order by case when dest = 'Rest' then 1 else 0 end, dest desc) as n,
                    dest, count(*) as flights, avg(arr_delay) as delay
                  from named group by dest",
        },
        Case {
            name: "a_running_total_on_the_second_page",
            panel: json!({"type": "table", "page_size": 5,
                "dimensions": [{"column": "time_hour", "name": "month", "bucket": "month"}],
                "measures": [{"name": "flights", "aggregate": "count"},
                    {"name": "so_far", "aggregate": "count", "running": "total"},
                    {"name": "three", "aggregate": "count", "running": "average", "window": 3},
                    {"name": "share", "aggregate": "count", "share_of": "total"}]}),
            request: json!({"sort": [{"column": "so_far", "direction": "desc"}], "page": 2}),
            columns: "month flights so_far three share",
            sql: "with months as (
                    select cast(date_trunc('month', time_hour at time zone 'America/New_York') as date) as month,
                      count(*) as flights
                    from flights where carrier = 'UA' group by 1
                  ), running as (
                    select month, flights, sum(flights) over (order by month) as so_far,
                      avg(flights) over (order by month rows 2 preceding) as three,
                      flights * 1.0 / sum(flights) over () as share
                    from months
                  )
                  select row_number() over (order by month desc) as n, month, flights, so_far, three, share
                  from running where month between date '2013-03-01' and date '2013-07-01'",
        },
        Case {
            name: "shares_of_an_axis",
            panel: json!({"type": "bar",
                "dimensions": [{"column": "origin"},
                    {"column": "time_hour", "name": "quarter", "bucket": "quarter"}],
                "measures": [{"name": "share", "aggregate": "count", "share_of": "axis"}],
                "sort": [{"column": "quarter"}, {"column": "share", "direction": "desc"}]}),
            request: json!({}),
            columns: "origin quarter share",
            sql: "with quarters as (
                    select origin,
                      cast(date_trunc('quarter', time_hour at time zone 'America/New_York') as date) as quarter,
                      count(*) as flights
                    from flights where carrier = 'UA' group by 1, 2
                  ), shares as (
                    select origin, quarter,
                      flights * 1.0 / sum(flights) over (partition by quarter) as share
                    from quarters
                  )
                  select row_number() over (order by quarter, share desc) as n, origin, quarter, share
                  from shares",
        },
        Case {
            name: "the_limit_is_the_authors",
            panel: json!({"type": "table", "dimensions": [{"column": "dest"}],
                "measures": [{"name": "flights", "aggregate": "count"}],
                "sort": [{"column": "flights", "direction": "desc"}], "limit": 10, "page_size": 4}),
            request: json!({"sort": [{"column": "dest", "direction": "asc"}], "page": 2}),
            columns: "dest flights",
            sql: "with top as (
                    select dest, count(*) as flights from flights where carrier = 'UA'
                    group by dest order by count(*) desc, dest limit 10
                  ), numbered as (
                    select row_number() over (order by dest) as n, dest, flights from top
                  )
                  select n, dest, flights from numbered where n between 5 and 8",
        },
        Case {
            name: "filters_of_every_type",
            panel: json!({"type": "table", "dimensions": [{"column": "origin"}],
                "measures": [{"name": "flights", "aggregate": "count"}],
                "filters": [
                    {"column": "dest", "operator": "not_contains", "value": "a"},
                    {"column": "dest", "operator": "not_equals", "value": "DEN"},
                    {"column": "tailnum", "operator": "starts_with", "value": "n3"},
                    {"column": "tailnum", "operator": "ends_with", "value": "7"},
                    {"column": "distance", "operator": "between", "value": [500, 2400]},
                    {"column": "dep_delay", "operator": "not_between", "value": [10, 20]},
                    {"column": "arr_delay", "operator": "is_not_empty"},
                    {"column": "month", "operator": "not_in", "value": [2, 3]},
                    {"column": "time_hour", "operator": "less_than", "value": "2013-12-01"}]}),
            request: json!({"filters": [{"column": "flights", "operator": "greater_than", "value": 10}]}),
            columns: "origin flights",
            sql: "select row_number() over (order by origin) as n, origin, count(*) as flights
                  from flights
                  where carrier = 'UA' and lower(dest) not like '%a%' and dest <> 'DEN'
                    and lower(tailnum) like 'n3%' and tailnum like '%7'
                    and distance >= 500 and distance <= 2400
                    and (dep_delay < 10 or dep_delay > 20) and arr_delay is not null
                    and month <> 2 and month <> 3 and time_hour < timestamptz '2013-12-01 00:00:00+00'
                  group by origin having count(*) > 10",
        },
        Case {
            name: "filled_series_turned",
            panel: json!({"type": "table", "fill": "zero", "pivot": "origin",
                "dimensions": [{"column": "time_hour", "name": "day", "bucket": "day"}, {"column": "origin"}],
                "measures": [{"name": "flights", "aggregate": "count"}],
                "filters": [{"column": "dest", "operator": "equals", "value": "SEA"},
                    {"column": "time_hour", "operator": "between",
                     "value": ["2013-02-07T05:00:00Z", "2013-02-12T04:59:59Z"]}],
                "sort": [{"column": "day", "direction": "desc"}]}),
            request: json!({}),
            columns: "day EWR",
            sql: "with days as (
                    select cast(day as date) as day
                    from generate_series(timestamp '2013-02-07', timestamp '2013-02-11', interval 1 day) as t(day)
                  ), flown as (
                    select cast(time_hour at time zone 'America/New_York' as date) as day, origin
                    from flights where carrier = 'UA' and dest = 'SEA'
                  )
                  select row_number() over (order by days.day desc) as n, days.day,
                    count(case when origin = 'EWR' then 1 end) as EWR
                  from days left join flown on flown.day = days.day group by days.day",
        },
    ]
}

fn dashboard(cases: &[Case]) -> Value {
    let mut datasets = json!({"flights": {"schema": "flights",
        "sql": "select * from flights where carrier = {{customer_id}}"}});
    let mut panels = Vec::new();
    for Case { name, panel, columns, sql, .. } in cases {
        let mut panel = panel.clone();
        panel["id"] = json!(name);
        panel["title"] = json!(name);
        panel["dataset"] = json!("flights");
        let by_hand = format!("{name}_by_hand");
        datasets[&by_hand] = json!({"schema": "flights", "sql": sql, "shared": true});
        let columns: Vec<Value> = columns.split(' ').map(|name| json!({"column": name})).collect();
        panels.push(json!({"id": by_hand, "title": name, "dataset": by_hand, "type": "table",
            "columns": columns, "sort": [{"column": "n"}], "page_size": 1000}));
        panels.push(panel);
    }
    json!({"name": "by-hand", "time_zone": "America/New_York", "datasets": datasets,
        "panels": panels})
}

fn is_near(one: &Value, other: &Value) -> bool {
    let number = |value: &Value| value.as_f64().or_else(|| value.as_str()?.parse().ok());
    match (number(one), number(other)) {
        (Some(one), Some(other)) => (one - other).abs() <= 1e-9 * one.abs().max(1.0),
        _ => one == other,
    }
}

fn is_same(one: &Value, other: &Value) -> bool {
    match (one, other) {
        (Value::Array(one), Value::Array(other)) => {
            one.len() == other.len()
                && one.iter().zip(other).all(|(one, other)| is_same(one, other))
        }
        _ => is_near(one, other),
    }
}

#[tokio::test]
async fn panels_answer_what_sql_by_hand_answers() {
    let cases = cases();
    let server = Server::with_dashboard(&dashboard(&cases).to_string()).await;
    server.create(json!({"provided_id": "UA"})).await;
    let jwt = server.jwt("UA").await;
    for Case { name, request, .. } in &cases {
        let found = server.panel(&jwt, name, request.clone()).await;
        let by_hand = server.panel(&jwt, &format!("{name}_by_hand"), json!({})).await;
        assert_eq!(
            (found.status, by_hand.status),
            (200, 200),
            "{name}: {} {}",
            found.body,
            by_hand.body
        );
        assert!(!found.body["rows"].as_array().expect("rows").is_empty(), "{name}");
        let (found, by_hand) = (&found.body["rows"], &by_hand.body["rows"]);
        assert!(is_same(found, by_hand), "{name}:\n{found}\n{by_hand}");
    }
}
