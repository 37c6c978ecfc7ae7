//! Which names speak of the customer.

use model::Levels;

use super::VariableFault;
use crate::template::VariableName;

/// Whom a variable's name speaks of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Subject<'a> {
    /// `<level>_id` of the viewer or an ancestor.
    LevelId,
    /// `<level>_name` of the viewer or an ancestor.
    LevelName,
    /// `user_group_id`: the viewer's own id, under its oldest name.
    ViewerId,
    /// `customer.key` or `properties.key`, with the keys.
    Property(Vec<&'a str>),
    /// Whatever the viewer's controls or the embedding page sent.
    Sent,
}

/// Whom `name` speaks of.
///
/// # Errors
/// A name that looks like a reserved one and is not (another case, other letters) is refused: it
/// would be answered by the viewer where its author meant the customer.
pub(crate) fn subject<'a>(
    name: &'a VariableName,
    levels: &Levels,
) -> Result<Subject<'a>, VariableFault> {
    let first = name.first();
    let path: Vec<&str> = name.rest().collect();
    let whole = |subject| {
        if path.is_empty() { Ok(subject) } else { Err(VariableFault::Object(first.to_owned())) }
    };
    match reserved(first, levels) {
        Some(Word::Properties) if path.is_empty() => Err(VariableFault::NoKey(first.to_owned())),
        Some(Word::Properties) => Ok(Subject::Property(path)),
        Some(Word::ViewerId) => whole(Subject::ViewerId),
        Some(Word::LevelId) => whole(Subject::LevelId),
        Some(Word::LevelName) => whole(Subject::LevelName),
        None => not_reserved(name, levels),
    }
}

fn not_reserved<'a>(name: &VariableName, levels: &Levels) -> Result<Subject<'a>, VariableFault> {
    let folded = name.first().to_lowercase().replace('-', "_");
    if reserved(&folded, levels).is_some() {
        return Err(VariableFault::LookAlike { name: name.to_string(), meant: folded });
    }
    if !name.as_str().is_ascii() {
        return Err(VariableFault::Characters(name.to_string()));
    }
    Ok(Subject::Sent)
}

enum Word {
    Properties,
    ViewerId,
    LevelId,
    LevelName,
}

/// `customer_id` and `customer_name` stay reserved when no level is called Customer.
fn reserved(word: &str, levels: &Levels) -> Option<Word> {
    match word {
        "customer" | "properties" => return Some(Word::Properties),
        "user_group_id" => return Some(Word::ViewerId),
        _ => {}
    }
    let (prefix, suffix) = word.rsplit_once('_')?;
    let names_level = prefix == "customer"
        || levels.names().iter().any(|level| level.variable_prefix() == prefix);
    match suffix {
        "id" if names_level => Some(Word::LevelId),
        "name" if names_level => Some(Word::LevelName),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::level::LevelName;

    #[track_caller]
    fn check(levels: &Levels, name: &str, expected: Result<Subject<'_>, &str>) {
        let name = VariableName::parse(name).expect("a name");
        let found = subject(&name, levels).map_err(|fault| fault.to_string());
        assert_eq!(found, expected.map_err(str::to_owned));
    }

    #[test]
    fn names_of_the_customer_are_reserved_exactly_and_their_look_alikes_refused() {
        let levels = Levels::default();
        check(&levels, "customer_id", Ok(Subject::LevelId));
        check(&levels, "user_name", Ok(Subject::LevelName));
        check(&levels, "user_group_id", Ok(Subject::ViewerId));
        check(&levels, "customer.address.city", Ok(Subject::Property(vec!["address", "city"])));
        check(&levels, "properties.tier", Ok(Subject::Property(vec!["tier"])));
        check(&levels, "customers", Ok(Subject::Sent));
        check(&levels, "customer_segment", Ok(Subject::Sent));
        check(&levels, "period.startDate", Ok(Subject::Sent));
        let looks = "variable \"Customer_ID\" looks like \"customer_id\", which speaks of the \
                     customer; write that";
        check(&levels, "Customer_ID", Err(looks));
        let looks = "variable \"PROPERTIES.tier\" looks like \"properties\", which speaks of the \
                     customer; write that";
        check(&levels, "PROPERTIES.tier", Err(looks));
        let letters = "variable \"сustomer_id\" holds a character that names of variables do not \
                       have";
        check(&levels, "сustomer_id", Err(letters));
        check(
            &levels,
            "customer_id.x",
            Err("variable \"customer_id\" is an object; name a key in it"),
        );
    }

    #[test]
    fn other_levels_reserve_their_own_names_and_customer_stays_reserved() {
        let name = |text: &str| LevelName::try_from(text.to_owned()).expect("a level");
        let levels = Levels::new(vec![name("League"), name("Équipe")]).expect("levels");
        check(&levels, "league_id", Ok(Subject::LevelId));
        check(&levels, "équipe_id", Ok(Subject::LevelId));
        check(&levels, "customer_id", Ok(Subject::LevelId));
        check(&levels, "user_id", Ok(Subject::Sent));
    }
}
