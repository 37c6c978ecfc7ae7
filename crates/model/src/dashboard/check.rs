//! The rules of a dashboard that need more than one of its parts.

mod panel;

use std::collections::BTreeSet;

use super::{Dashboard, ElementKind, LayoutItem, Options};
use crate::nearest::unknown;

/// One fault of a dashboard, with a JSON pointer to where it is.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{pointer}: {message}")]
pub struct DashboardFault {
    /// A JSON pointer (RFC 6901) into the dashboard's document.
    pub pointer: String,
    pub message: String,
}

/// Names that a viewer could otherwise use to pose as a customer.
const RESERVED: [&str; 3] = ["customer", "properties", "user_group_id"];

impl Dashboard {
    /// Every fault at once; empty when the dashboard is sound. What the SQL says is checked by the
    /// query compiler.
    pub fn check(&self) -> Vec<DashboardFault> {
        let mut faults = Faults(Vec::new());
        self.check_ids(&mut faults);
        for (at, panel) in self.panels.iter().enumerate() {
            let pointer = format!("/panels/{at}");
            self.check_dataset(&mut faults, &format!("{pointer}/dataset"), panel.dataset.as_str());
            panel::check(&mut faults, &pointer, panel);
        }
        for (at, element) in self.elements.iter().enumerate() {
            self.check_options(&mut faults, &format!("/elements/{at}"), &element.kind);
        }
        for (at, item) in self.layout.iter().enumerate() {
            self.check_layout(&mut faults, &format!("/layout/{at}"), item);
        }
        faults.0
    }

    fn check_ids(&self, faults: &mut Faults) {
        let panels = self.panels.iter().enumerate().map(|(at, p)| ("panels", at, p.id.as_str()));
        let elements =
            self.elements.iter().enumerate().map(|(at, e)| ("elements", at, e.id.as_str()));
        let mut seen = BTreeSet::new();
        for (list, at, id) in panels.chain(elements) {
            let pointer = format!("/{list}/{at}/id");
            if !seen.insert(id) {
                faults.add(&pointer, format!("the id {id:?} stands twice in this dashboard"));
            }
            if RESERVED.contains(&id) {
                faults.add(&pointer, format!("{id:?} is reserved for what the customer carries"));
            }
        }
    }

    fn check_dataset(&self, faults: &mut Faults, pointer: &str, name: &str) {
        if !self.datasets.contains_key(name) {
            faults.add(pointer, unknown("dataset", name, self.datasets.keys()));
        }
    }

    fn check_options(&self, faults: &mut Faults, at: &str, kind: &ElementKind) {
        let (ElementKind::Dropdown { options } | ElementKind::MultiSelect { options }) = kind
        else {
            return;
        };
        match options {
            Options::Dataset(of) => {
                let pointer = format!("{at}/options/dataset");
                self.check_dataset(faults, &pointer, of.dataset.as_str());
            }
            Options::Fixed(list) => {
                for (index, option) in list.iter().enumerate() {
                    if option.value.is_array() || option.value.is_object() || option.value.is_null()
                    {
                        let pointer = format!("{at}/options/{index}/value");
                        faults.add(&pointer, "must be a string, number or boolean".to_owned());
                    }
                }
            }
        }
    }

    fn check_layout(&self, faults: &mut Faults, at: &str, item: &LayoutItem) {
        match (&item.panel, &item.element) {
            (Some(id), None) if self.panel(id.as_str()).is_none() => {
                let known = self.panels.iter().map(|panel| &panel.id);
                faults.add(&format!("{at}/panel"), unknown("panel", id.as_str(), known));
            }
            (None, Some(id)) if self.element(id.as_str()).is_none() => {
                let known = self.elements.iter().map(|element| &element.id);
                faults.add(&format!("{at}/element"), unknown("element", id.as_str(), known));
            }
            (Some(_), None) | (None, Some(_)) => {}
            _ => faults.add(at, "give either panel or element".to_owned()),
        }
        if item.w == 0 || item.h == 0 || u16::from(item.x) + u16::from(item.w) > 12 {
            faults.add(at, "must lie within twelve columns and be at least 1 by 1".to_owned());
        }
    }
}

struct Faults(Vec<DashboardFault>);

impl Faults {
    fn add(&mut self, pointer: &str, message: String) {
        self.0.push(DashboardFault { pointer: pointer.to_owned(), message });
    }
}
