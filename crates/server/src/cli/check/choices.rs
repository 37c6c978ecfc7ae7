//! What a viewer may have chosen: the values that a check sends, so that queries meet their optional
//! clauses.

use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};
use model::dashboard::{Element, ElementKind, Options};
use model::name::ElementId;
use serde_json::{Map, Value as Json, json};

/// Values by the names of their variables, as a viewer's page sends them.
pub(super) type Choices = Map<String, Json>;

/// `NAME=VALUE` of the command line.
#[derive(Clone)]
pub(super) struct Given {
    name: String,
    value: Json,
}

/// Reads JSON where the value is some, else a text: `7` is a number, `"7"` and `seven` are texts.
pub(super) fn given(text: &str) -> Result<Given, String> {
    let parts = text.split_once('=').filter(|(name, _)| !name.trim().is_empty());
    let (name, value) = parts.ok_or("must be NAME=VALUE, such as origin=JFK")?;
    let value = serde_json::from_str(value).unwrap_or_else(|_| json!(value));
    Ok(Given { name: name.trim().to_owned(), value })
}

/// A viewer's choices: what is given, and besides it nothing, then one control each, then all of them.
/// Controls that are given are left as they are.
pub(super) fn all(given: &[Given], controls: &[(ElementId, Json)]) -> Vec<Choices> {
    let given: Choices = given.iter().map(|it| (it.name.clone(), it.value.clone())).collect();
    let is_given = |id: &ElementId| {
        let of_range = format!("{id}.");
        given.keys().any(|name| name == id.as_str() || name.starts_with(&of_range))
    };
    let free: Vec<_> = controls.iter().filter(|(id, _)| !is_given(id)).collect();
    let with = |chosen: &[&(ElementId, Json)]| {
        let chosen = chosen.iter().map(|(id, value)| (id.to_string(), value.clone()));
        given.clone().into_iter().chain(chosen).collect()
    };
    let mut all = vec![given.clone()];
    all.extend(free.iter().map(|control| with(&[*control])));
    if free.len() > 1 {
        all.push(with(&free));
    }
    all
}

/// A value of a control that needs no look at data: the first of its fixed choices, or the 30 days
/// up to today. `None` where the choices come from a dataset.
pub(super) fn at_hand(element: &Element, now: Timestamp) -> Option<Json> {
    match &element.kind {
        ElementKind::DateRange { .. } => {
            let today = now.to_zoned_datetime(TimeZone::UTC).date();
            let first = today.saturating_sub(29.days());
            Some(json!({"startDate": first.to_string(), "endDate": today.to_string()}))
        }
        ElementKind::Dropdown { options: Options::Fixed(fixed) }
        | ElementKind::MultiSelect { options: Options::Fixed(fixed) } => {
            fixed.first().map(|choice| of_choice(element, choice.value.clone()))
        }
        ElementKind::Dropdown { options: Options::Dataset(_) }
        | ElementKind::MultiSelect { options: Options::Dataset(_) } => None,
    }
}

/// The value of a control on which this was chosen.
pub(super) fn of_choice(element: &Element, choice: Json) -> Json {
    match element.kind {
        ElementKind::MultiSelect { .. } => json!([choice]),
        _ => choice,
    }
}

/// `origin=["JFK"], plan="gold"`, in order of the names; empty when nothing was chosen.
pub(super) fn shown(choices: &Choices) -> String {
    let each = choices.iter().map(|(name, value)| format!("{name}={value}"));
    let mut each: Vec<String> = each.collect();
    each.sort_unstable();
    each.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(texts: &[&str], expected: &[&str]) {
        let given: Vec<Given> = texts.iter().map(|text| given(text).expect(text)).collect();
        let control = |id: &str, value: Json| (id.parse().expect("an id"), value);
        let controls = [control("origin", json!(["JFK"])), control("period", json!({}))];
        let all: Vec<String> = all(&given, &controls).iter().map(shown).collect();
        assert_eq!(all, expected);
    }

    #[test]
    fn each_control_is_chosen_alone_and_with_the_others() {
        let both = r#"origin=["JFK"], period={}"#;
        check(&[], &["", r#"origin=["JFK"]"#, "period={}", both]);
        check(
            &["n=7"],
            &["n=7", r#"n=7, origin=["JFK"]"#, "n=7, period={}", &format!("n=7, {both}")],
        );
    }

    #[test]
    fn a_control_that_is_given_keeps_its_value() {
        check(&["origin=LGA"], &[r#"origin="LGA""#, r#"origin="LGA", period={}"#]);
        let range = ["period.startDate=2013-01-01", r#"origin=["a=b"]"#];
        check(&range, &[r#"origin=["a=b"], period.startDate="2013-01-01""#]);
        for text in ["origin", "=JFK", " =x"] {
            assert!(given(text).is_err(), "{text}");
        }
    }
}
