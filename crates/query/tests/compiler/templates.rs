//! The template language: what a dataset's text becomes for a viewer.

use model::Customer;
use serde_json::{Value, json};

use crate::world::{
    World, airline, dashboard, dataset_sql, levels, request, station, with_properties,
};

struct Case {
    dataset: Value,
    path: Vec<Customer>,
    variables: Value,
}

/// A shared dataset with this text, for UA, without variables.
fn case(sql: &str) -> Case {
    let dataset = json!({"schema": "flights", "sql": sql, "shared": true});
    Case { dataset, path: airline("UA"), variables: json!({}) }
}

impl Case {
    fn with(mut self, variables: Value) -> Self {
        self.variables = variables;
        self
    }

    fn seen_by(mut self, path: Vec<Customer>) -> Self {
        self.path = path;
        self
    }

    fn declaring(mut self, key: &str, value: Value) -> Self {
        self.dataset[key] = value;
        self
    }

    fn compile(self) -> Result<(String, Vec<String>), String> {
        let world = World::default();
        let compiled = world
            .compile(&dashboard(self.dataset), self.path, &request(self.variables))
            .map_err(|error| error.to_string())?;
        let sql = dataset_sql(&compiled);
        let args = compiled.rows.args().iter().map(ToString::to_string);
        // Limit and offset are bound after the dataset's values.
        let own = compiled.rows.args().len() - 2;
        Ok((sql, args.take(own).collect()))
    }

    #[track_caller]
    fn gives(self, sql: &str, args: &[&str]) {
        let (found, values) = self.compile().expect("a statement");
        assert_eq!(found, sql);
        assert_eq!(values, args);
    }

    #[track_caller]
    fn fails(self, message: &str) {
        let error = self.compile().expect_err("no statement");
        assert!(error.contains(message), "{error}");
    }
}

#[test]
fn a_variable_binds_a_value() {
    case("select {{customer_id}} as x").gives("select $1 as x", &["text \"UA\""]);
    case("select {{ customer_name }} as x").gives("select $1 as x", &["text \"UA\""]);
    case("select {{user_group_id}} as x").gives("select $1 as x", &["text \"UA\""]);
    let by_station = case("select {{customer_id}}, {{user_id}}, {{user_group_id}} as x");
    by_station
        .seen_by(station("UA", "JFK"))
        .gives("select $1, $2, $3 as x", &["text \"UA\"", "text \"UA-JFK\"", "text \"UA-JFK\""]);
    case("select {{v}} as x").with(json!({"v": "a'b"})).gives("select $1 as x", &["text \"a'b\""]);
    case("select {{v}} as x").with(json!({"v": 5})).gives("select $1 as x", &["integer 5"]);
    case("select {{v}} as x").with(json!({"v": 5.5})).gives("select $1 as x", &["float 5.5"]);
    case("select {{v}} as x").with(json!({"v": true})).gives("select $1 as x", &["boolean true"]);
}

#[test]
fn dots_reach_into_objects() {
    let nested = json!({"address": {"city": "Chicago", "floors": [1, 2]}, "tier": 3});
    let of = |sql| case(sql).seen_by(with_properties("UA", nested.clone()));
    of("select {{customer.address.city}} as x").gives("select $1 as x", &["text \"Chicago\""]);
    of("select {{properties.tier}} as x").gives("select $1 as x", &["integer 3"]);
    of("select 1 as x where 1 in {{customer.address.floors}}")
        .gives("select 1 as x where 1 in ($1, $2)", &["integer 1", "integer 2"]);
    of("select {{customer.address}} as x").fails("\"customer.address\" is an object");
    of("select {{customer.address.street}} as x").fails("has no value for this viewer");
    of("select {{customer}} as x").fails("name a property: {{customer.key}}");
    case("select {{a.b}} as x")
        .with(json!({"a": {"b": 1}}))
        .gives("select $1 as x", &["integer 1"]);
    case("select {{a.b}} as x").with(json!({"a.b": 1})).gives("select $1 as x", &["integer 1"]);
}

#[test]
fn an_optional_clause_is_dropped_when_any_variable_in_it_has_no_value() {
    let one = "select 1 as x where true [[and 1 = {{a}}]]";
    case(one).gives("select 1 as x where true", &[]);
    case(one).with(json!({"a": 1})).gives("select 1 as x where true and 1 = $1", &["integer 1"]);
    for nothing in [json!({"a": null}), json!({"a": ""}), json!({"a": []})] {
        case(one).with(nothing).gives("select 1 as x where true", &[]);
    }
    let two = "select 1 as x [[where {{a}} = {{b}}]]";
    case(two).with(json!({"a": 1})).gives("select 1 as x", &[]);
    case(two)
        .with(json!({"a": 1, "b": 2}))
        .gives("select 1 as x where $1 = $2", &["integer 1", "integer 2"]);
}

#[test]
fn optional_clauses_nest() {
    let nested = "select 1 as x [[where 1 = {{a}} [[and 2 = {{b}}]]]]";
    case(nested).gives("select 1 as x", &[]);
    case(nested).with(json!({"b": 2})).gives("select 1 as x", &[]);
    case(nested).with(json!({"a": 1})).gives("select 1 as x where 1 = $1", &["integer 1"]);
    case(nested)
        .with(json!({"a": 1, "b": 2}))
        .gives("select 1 as x where 1 = $1 and 2 = $2", &["integer 1", "integer 2"]);
    // The outer clause has no variable of its own: it stands.
    let bare = "select 1 as x [[where true [[and 2 = {{b}}]]]]";
    case(bare).gives("select 1 as x where true", &[]);
}

#[test]
fn brackets_without_a_variable_are_plain_sql() {
    for sql in [
        "select [[1, 2], [3, 4]] as x",
        "select [[1]] as x",
        "select [[[1]], [[2]]] as x",
        "select ([[1, 2]])[1][1] as x",
    ] {
        case(sql).gives(sql, &[]);
    }
    case("select [[{{a}}, 2], [3]] as x")
        .with(json!({"a": 1}))
        .gives("select [[$1, 2], [3]] as x", &["integer 1"]);
    case("select 1 as x [[where ([1])[1] = {{a}}]]")
        .with(json!({"a": 1}))
        .gives("select 1 as x where ([1])[1] = $1", &["integer 1"]);
    case("select 1 as x [[where 1 = {{a}}").fails("line 1: '[' has no counterpart");
    case("select 1 as x ]]").fails("line 1: ']' has no counterpart");
}

#[test]
fn a_list_is_written_as_its_place_wants_it() {
    let two = json!({"origin": ["JFK", "LGA"]});
    let texts = ["text \"JFK\"", "text \"LGA\""];
    case("select 1 as x where 'JFK' in {{origin}}")
        .with(two.clone())
        .gives("select 1 as x where 'JFK' in ($1, $2)", &texts);
    case("select 1 as x where 'JFK' in ({{origin}})")
        .with(two.clone())
        .gives("select 1 as x where 'JFK' in ($1, $2)", &texts);
    case("select 1 as x where 'JFK' NOT IN ( {{origin}} )")
        .with(two.clone())
        .gives("select 1 as x where 'JFK' NOT IN ( $1, $2 )", &texts);
    case("select 1 as x where 'JFK' in ('EWR', {{origin}})")
        .with(two.clone())
        .gives("select 1 as x where 'JFK' in ('EWR', $1, $2)", &texts);
    case("select 1 as x where ('JFK', 'LGA') = {{origin}}")
        .with(two)
        .gives("select 1 as x where ('JFK', 'LGA') = ($1, $2)", &texts);
    // DuckDB reads `a in b` as "b contains a": one value gets its parentheses too.
    case("select 1 as x where 'U' in {{customer_id}}")
        .gives("select 1 as x where 'U' in ($1)", &["text \"UA\""]);
    case("select 1 as x where 'U' in ({{customer_id}})")
        .gives("select 1 as x where 'U' in ($1)", &["text \"UA\""]);
}

#[test]
fn nothing_chosen_by_the_viewer_is_no_value_and_nothing_in_a_property_matches_nothing() {
    let sql = "select 1 as x where true [[and 'JFK' in {{origin}}]]";
    case(sql).with(json!({"origin": []})).gives("select 1 as x where true", &[]);
    let of = |property: Value, sql| {
        case(sql).seen_by(with_properties("UA", json!({"stations": property})))
    };
    let optional = "select 1 as x where true [[and 'JFK' in {{customer.stations}}]]";
    for nothing in [json!([]), json!(null), json!([null])] {
        of(nothing.clone(), optional).gives("select 1 as x where true and 'JFK' in (null)", &[]);
        of(nothing.clone(), "select 1 as x where 'JFK' in ({{customer.stations}})")
            .gives("select 1 as x where 'JFK' in (null)", &[]);
        of(nothing, "select 1 as x where 'JFK' = {{customer.stations}}")
            .gives("select 1 as x where 'JFK' = (null)", &[]);
    }
    case(optional).gives("select 1 as x where true", &[]);
    of(json!(""), "select {{customer.stations}} as x").gives("select $1 as x", &["text \"\""]);
    of(json!([["a"]]), optional).fails("is a list that holds more than strings");
}

#[test]
fn strings_names_and_comments_are_not_looked_into() {
    case("select '[[ {a} ]] -- it''s /* one */' as x")
        .gives("select '[[ {a} ]] -- it''s /* one */' as x", &[]);
    case("select 1 as x -- {{nothing}} [[ '\n where true")
        .gives("select 1 as x \n where true", &[]);
    case("select 1 /* {{nothing}} /* nested */ [[ ' */ as x").gives("select 1   as x", &[]);
    case("select 1 as \"{{x}} [[\", 2 as x").gives("select 1 as \"{{x}} [[\", 2 as x", &[]);
    case("select $$it's {{x}} [[$$ as x").gives("select 'it''s {{x}} [[' as x", &[]);
    case("select $t$a $$ b$t$ as x").gives("select 'a $$ b' as x", &[]);
    case("select 1 as x;  -- the end\n").gives("select 1 as x", &[]);
    case("select 1 as x\r\nwhere true").gives("select 1 as x\r\nwhere true", &[]);
}

#[test]
fn what_cannot_mean_what_it_says_is_an_error_that_says_what_would() {
    let string = "line 2: a variable stands inside a string; drop the quotes";
    case("select *\nfrom flights where carrier = '{{customer_id}}'").fails(string);
    case("select '%{{v}}%' as x").fails("join texts with ||");
    case("select {{v}}x as x").fails("put a space between {{v}} and what stands beside it");
    case("select x{{v}} as x").fails("put a space");
    case("select {{v}}{{w}} as x").fails("put a space");
    case("select '1'{{v}} as x").fails("put a space");
    case("select {{v as x").fails("line 1: a variable is never closed");
    case("select {{}} as x").fails("\"\" is no variable");
    case("select {{a b}} as x").fails("\"a b\" is no variable");
    case("select {{a.upper()}} as x").fails("\"a.upper()\" is no variable");
    case("select {{1}} as x").fails("\"1\" is no variable");
    case("select 'a as x").fails("line 1: a string is never closed");
    case("select \"a as x").fails("line 1: a quoted name is never closed");
    case("select /* /* */ 1 as x").fails("line 1: a comment is never closed");
    case("select $a$ 1 as x").fails("line 1: a dollar-quoted string is never closed");
    case("select $1 as x").fails("\"$1\" is a placeholder of another kind");
    case("select ? as x").fails("\"?\" is a placeholder of another kind");
    case("select e'\\' or 1=1 --' as x").fails("backslash escapes");
    case("select U&'\\0041' as x").fails("backslash escapes");
    case("select 1 as x; select 2").fails("nothing may follow the semicolon");
    case("select 1 as x -- a\rwhere false").fails("U+000D");
    case("select\u{a0}1 as x").fails("U+00A0");
    case("select 1\u{200b} as x").fails("U+200B");
    case("select 1\0 as x").fails("U+0000");
    case("select 'a\0' as x").fails("U+0000");
}

#[test]
fn an_unknown_variable_is_named_with_the_nearest_name() {
    case("select\n{{custmer_id}} as x").fails(
        "line 2: variable \"custmer_id\" has no value for this viewer and stands outside [[ ]]; \
         did you mean \"customer_id\"?",
    );
    case("select {{orign}} as x").fails("did you mean \"origin\"?");
    case("select {{period}} as x").fails("\"period.startDate\" and \"period.endDate\"");
    case("select {{origin.x}} as x").fails("\"origin.x\" has no value");
    case("select {{Customer_Id}} as x").fails("looks like \"customer_id\"");
}

#[test]
fn raw_renders_a_property_only_from_the_allow_list_and_only_an_identifier() {
    let of = |table: Value| {
        case("select 1 as x from {{customer.table.raw()}}")
            .seen_by(with_properties("UA", json!({"table": table})))
    };
    of(json!("flights")).fails("needs an allow list");
    let listed = |table: Value| of(table).declaring("identifiers", json!(["customer.table"]));
    listed(json!("flights")).gives("select 1 as x from \"flights\"", &[]);
    listed(json!("secrets")).fails("secrets\" is no table of the data source");
    listed(json!("main.flights")).fails("write only the table's name");
    for hostile in [
        json!("flights; drop table flights"),
        json!("flights\""),
        json!("flights where true --"),
        json!("(select 1)"),
        json!("1flights"),
        json!("flights."),
        json!(""),
        json!("fl ights"),
        json!("flıghts"),
        json!(5),
        json!(["flights"]),
    ] {
        listed(hostile).fails("which is no identifier");
    }
    case("select {{properties.column.raw()}} as x from flights")
        .declaring("identifiers", json!(["customer.column"]))
        .seen_by(with_properties("UA", json!({"column": "dep$delay"})))
        .gives("select \"dep$delay\" as x from flights", &[]);
    case("select 1 as x [[from {{customer.table.raw()}}]]")
        .declaring("identifiers", json!(["customer.table"]))
        .gives("select 1 as x", &[]);
    case("select {{customer_id.raw()}} as x").fails("needs an allow list");
    case("select {{customer_id.raw()}} as x")
        .declaring("choices", json!({"customer_id": ["UA"]}))
        .fails("needs an allow list");
}

#[test]
fn raw_renders_a_viewers_choice_only_among_the_authors_texts() {
    let of = |choice: Value| {
        case("select 1 as x from flights order by dep_delay {{direction.raw()}}")
            .declaring("choices", json!({"direction": ["asc", "desc nulls last", "-- x"]}))
            .with(json!({"direction": choice}))
    };
    let sql = |text: &str| format!("select 1 as x from flights order by dep_delay {text}");
    of(json!("asc")).gives(&sql("asc"), &[]);
    of(json!("desc nulls last")).gives(&sql("desc nulls last"), &[]);
    for hostile in [json!("ASC"), json!("asc, 1"), json!(["asc"]), json!({"a": 1}), json!(1)] {
        of(hostile).fails("/variables/direction: is not one of the choices");
    }
    case("select {{v.raw()}} as x").with(json!({"v": "1"})).fails("needs an allow list");
    case("select {{v.raw()}} as x")
        .declaring("identifiers", json!(["v"]))
        .with(json!({"v": "dep_delay"}))
        .fails("needs an allow list");
    case("select {{v.raw()}} as x")
        .declaring("choices", json!({"v": ["{{customer_id}}"]}))
        .with(json!({"v": "{{customer_id}}"}))
        .fails("is not plain SQL");
}

#[test]
fn nothing_that_a_viewer_sends_takes_the_place_of_what_the_customer_carries() {
    let attempts = json!({
        "customer_id": "AA", "customer_name": "AA", "user_group_id": "AA",
        "customer": {"id": "AA", "tier": "AA", "address": {"city": "AA"}}, "customer.tier": "AA",
        "properties": {"tier": "AA"}, "properties.tier": "AA", "Customer_ID": "AA",
        "CUSTOMER_ID": "AA", "customer_id ": "AA", " customer_id": "AA", "сustomer_id": "AA",
        "customer_id.raw()": "AA", "{{customer_id}}": "AA", "variables": {"customer_id": "AA"},
        "user_id": "AA", "user_name": "AA",
    });
    let path = with_properties("UA", json!({"tier": "gold"}));
    let sql = "select {{customer_id}}, {{customer_name}}, {{user_group_id}}, {{customer.tier}}, \
               {{properties.tier}} as x [[where {{user_id}} = {{customer.address.city}}]] \
               [[where {{user_name}} = 'x']]";
    let texts = ["\"UA\"", "\"UA\"", "\"UA\"", "\"gold\"", "\"gold\""].map(|t| format!("text {t}"));
    let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
    case(sql).seen_by(path).with(attempts.clone()).gives("select $1, $2, $3, $4, $5 as x", &texts);
    // With other levels, the names of Customer stay reserved and answer nobody.
    let world = World { levels: levels(&["League", "Team"]), ..World::default() };
    let dataset = json!({"schema": "flights", "shared": true,
        "sql": "select {{league_id}} as x [[where {{customer_id}} = 'AA']]"});
    let compiled = world.compile(&dashboard(dataset), airline("nba"), &request(attempts));
    assert_eq!(dataset_sql(&compiled.expect("a statement")), "select $1 as x");
}

#[test]
fn date_ranges_bind_the_instants_of_their_days_in_the_zone_in_force() {
    let sql = "select 1 as x where true [[and now() >= {{period.startDate}}]] \
               [[and now() <= {{period.endDate}}]]";
    let both = "select 1 as x where true and now() >= $1 and now() <= $2";
    let days = ["timestamp 2013-01-01T00:00:00Z", "timestamp 2013-01-31T23:59:59.999999Z"];
    let range = json!({"period": {"startDate": "2013-01-01", "endDate": "2013-01-31"}});
    case(sql).with(range).gives(both, &days);
    let dotted = json!({"period.startDate": "2013-01-01", "period.endDate": "2013-01-31"});
    case(sql).with(dotted).gives(both, &days);
    let open = json!({"period": {"startDate": "2013-01-01", "endDate": null}});
    case(sql).with(open).gives("select 1 as x where true and now() >= $1", &days[..1]);
    for nothing in [json!({"period": null}), json!({"period": ""}), json!({"period": {}})] {
        case(sql).with(nothing).gives("select 1 as x where true", &[]);
    }
    let fault = "/variables/period/startDate: must be a date such as 2013-12-31";
    case(sql).with(json!({"period": {"startDate": "2013-1-1"}})).fails(fault);
    case(sql).with(json!({"period": {"startDate": ["2013-01-01"]}})).fails(fault);
    case(sql).with(json!({"period": {"startDate": {"a": 1}}})).fails(fault);
    case(sql)
        .with(json!({"period": "2013-01-01"}))
        .fails("/variables/period: must be an object with startDate and endDate");
    case("select 1 as x where current_date >= {{days.startDate}}")
        .with(json!({"days": {"startDate": "2013-01-01T23:00:00-05:00"}}))
        .gives("select 1 as x where current_date >= $1", &["date 2013-01-02"]);
}

#[test]
fn elements_and_declarations_give_variables_their_types() {
    let of = |variables: Value| {
        case(
            "select 1 as x [[where 1 = {{count}}]] [[where 'a' = {{dest}}]] \
              [[where now() > {{since}}]] [[where 'a' in {{tags}}]] [[where 'a' in {{origin}}]]",
        )
        .with(variables)
    };
    of(json!({"count": "5"})).gives("select 1 as x where 1 = $1", &["integer 5"]);
    of(json!({"count": "5 or 1=1"})).fails("/variables/count: must be an integer");
    of(json!({"since": "2013-01-01"}))
        .gives("select 1 as x   where now() > $1", &["timestamp 2013-01-01T00:00:00Z"]);
    of(json!({"dest": ["JFK"]})).fails("/variables/dest: must be a string, number or boolean");
    of(json!({"dest": {"a": "JFK"}})).fails("/variables/dest: must be a string");
    of(json!({"origin": "JFK"})).gives("select 1 as x     where 'a' in ($1)", &["text \"JFK\""]);
    of(json!({"tags": ["a", 1]}))
        .gives("select 1 as x    where 'a' in ($1, $2)", &["text \"a\"", "integer 1"]);
    of(json!({"origin": [["JFK"]]}))
        .fails("/variables/origin: must be a list of strings, numbers and booleans");
    of(json!({"origin": vec!["a"; 1_001]})).fails("must have at most 1000 members, this has 1001");
    of(json!({"dest": "a".repeat(16_385)})).fails("must have at most 16384 bytes");
    // All faults at once, each once.
    of(json!({"count": "x", "dest": []})).fails(
        "/variables/count: must be an integer; /variables/dest: must be a string, number or boolean",
    );
}
