//! From a template and values to SQL.

use std::collections::BTreeSet;

use super::{Node, Place, Template, Variable};
use crate::fragment::{Fragment, Standing};
use crate::value::Value;

/// What a variable stands for in one rendering.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Binding {
    /// Drops the clause it stands in.
    NoValue,
    /// One value. The flag says that it is the id of the viewer or of an ancestor.
    One { value: Value, is_level_id: bool },
    /// Each member is bound; an empty list matches nothing.
    Many(Vec<Value>),
    /// SQL of the author's, or a quoted identifier.
    Sql(String),
}

/// Why a template cannot be rendered.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum RenderError<E> {
    /// A variable outside every optional clause has no value.
    NoValue(Variable),
    Resolve(E),
}

impl Template {
    /// The SQL for what `resolve` says of each variable.
    pub(crate) fn render<E>(
        &self,
        mut resolve: impl FnMut(&Variable) -> Result<Binding, E>,
    ) -> Result<Fragment, RenderError<E>> {
        let rendered = render(&self.nodes, false, &mut resolve).map_err(RenderError::Resolve)?;
        let mut fragment = rendered.map_err(|variable| RenderError::NoValue(variable.clone()))?;
        fragment.trim_end();
        Ok(fragment)
    }

    /// The same text without the optional clauses of these numbers, counted from 0 in the order in
    /// which they open.
    pub(crate) fn without(&self, clauses: &BTreeSet<usize>) -> Self {
        let mut number = 0;
        Self { nodes: without(&self.nodes, clauses, &mut number) }
    }
}

/// The inner error is the first variable of these nodes themselves that has no value. Every variable
/// is resolved even so, so that all faults of a request are found at once.
fn render<'a, E>(
    nodes: &'a [Node],
    optional: bool,
    resolve: &mut impl FnMut(&Variable) -> Result<Binding, E>,
) -> Result<Result<Fragment, &'a Variable>, E> {
    let mut fragment = Fragment::default();
    let mut missing = None;
    for node in nodes {
        match node {
            Node::Sql(sql) => fragment.sql(sql),
            Node::Variable(variable) => match resolve(variable)? {
                Binding::NoValue => missing = missing.or(Some(variable)),
                binding => write(&mut fragment, binding, variable.place, optional),
            },
            Node::Clause(inner) => {
                if let Ok(clause) = render(inner, true, resolve)? {
                    fragment.append(clause);
                }
            }
        }
    }
    Ok(missing.map_or(Ok(fragment), Err))
}

fn write(fragment: &mut Fragment, binding: Binding, place: Place, optional: bool) {
    let is_list = matches!(binding, Binding::Many(_));
    let parentheses = place == Place::AfterIn || (place == Place::Elsewhere && is_list);
    if let Binding::Sql(sql) = &binding {
        return fragment.sql(sql);
    }
    if parentheses {
        fragment.sql("(");
    }
    match binding {
        Binding::One { value, is_level_id } => {
            let standing = match (is_level_id, optional) {
                (true, false) => Standing::Tenant,
                (true, true) => Standing::OptionalTenant,
                (false, _) => Standing::Other,
            };
            fragment.bind_as(value, standing);
        }
        Binding::Many(values) if values.is_empty() => fragment.sql("null"),
        Binding::Many(values) => fragment.bind_all(values),
        Binding::Sql(_) | Binding::NoValue => {}
    }
    if parentheses {
        fragment.sql(")");
    }
}

fn without(nodes: &[Node], clauses: &BTreeSet<usize>, number: &mut usize) -> Vec<Node> {
    let mut kept = Vec::new();
    for node in nodes {
        let Node::Clause(inner) = node else {
            kept.push(node.clone());
            continue;
        };
        let own_number = *number;
        *number += 1;
        let inner = without(inner, clauses, number);
        if !clauses.contains(&own_number) {
            kept.push(Node::Clause(inner));
        }
    }
    kept
}
