//! Requests by route, method and status.

use std::time::Duration;

use axum::http::{Method, StatusCode};
use tally::{Counter, Distribution, Level};

use crate::surface::Surface;

/// The methods that are told apart; the last one stands for all others.
const METHODS: [&str; 8] = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "other"];

/// Classes of statuses, from 1xx.
const CLASSES: [&str; 5] = ["1xx", "2xx", "3xx", "4xx", "5xx"];

/// How paths that lead to no route are told, per surface.
const UNMATCHED: &str = "none";

/// Counts of all requests.
pub(crate) struct HttpCounts {
    /// Finds the route of a path, as the router does.
    matcher: matchit::Router<usize>,
    /// One per template, then one per surface for what matches none.
    routes: Vec<RouteCounts>,
    in_flight: Level,
    abandoned: Counter,
}

/// The counts of one route.
pub(super) struct RouteCounts {
    pub(super) surface: Surface,
    /// The template, without the slash at its end.
    pub(super) template: String,
    statuses: [[Counter; CLASSES.len()]; METHODS.len()],
    pub(super) duration: Distribution,
}

/// The route of one request.
#[derive(Clone, Copy)]
pub(crate) struct Route(usize);

/// A request that is being answered. Dropped before [`Underway::answered`], it counts as abandoned.
pub(crate) struct Underway<'a> {
    counts: &'a HttpCounts,
    _in_flight: tally::Present,
    is_answered: bool,
}

impl HttpCounts {
    pub(super) fn new(templates: &[String]) -> Self {
        let mut matcher = matchit::Router::new();
        let mut routes: Vec<RouteCounts> = Vec::new();
        for template in templates {
            let name = without_slash(template);
            let known = routes.iter().position(|route| route.template == name);
            let at = known.unwrap_or_else(|| {
                routes.push(RouteCounts::new(Surface::of(name), name));
                routes.len() - 1
            });
            // The router has the same routes and would not have started with a clash.
            let _ = matcher.insert(template, at);
        }
        routes.extend(Surface::ALL.map(|surface| RouteCounts::new(surface, UNMATCHED)));
        Self { matcher, routes, in_flight: Level::default(), abandoned: Counter::new() }
    }

    /// The route that a path leads to.
    pub(crate) fn route(&self, path: &str, surface: Surface) -> Route {
        match self.matcher.at(path) {
            Ok(found) => Route(*found.value),
            Err(_) => Route(self.routes.len() - Surface::ALL.len() + surface as usize),
        }
    }

    /// The route's template, for logs and traces.
    pub(crate) fn template(&self, route: Route) -> &str {
        &self.routes[route.0].template
    }

    pub(crate) fn begin(&self) -> Underway<'_> {
        Underway { counts: self, _in_flight: self.in_flight.enter(), is_answered: false }
    }

    pub(super) fn routes(&self) -> &[RouteCounts] {
        &self.routes
    }

    pub(super) fn in_flight(&self) -> i64 {
        self.in_flight.value()
    }

    pub(super) fn abandoned(&self) -> u64 {
        self.abandoned.value()
    }
}

impl Underway<'_> {
    pub(crate) fn answered(
        mut self,
        route: Route,
        method: &Method,
        status: StatusCode,
        duration: Duration,
    ) {
        self.is_answered = true;
        let counts = &self.counts.routes[route.0];
        let class = usize::from(status.as_u16() / 100).clamp(1, CLASSES.len()) - 1;
        counts.statuses[number_of(method)][class].count();
        counts.duration.record_duration(duration);
    }
}

impl Drop for Underway<'_> {
    fn drop(&mut self) {
        if !self.is_answered {
            self.counts.abandoned.count();
        }
    }
}

impl RouteCounts {
    fn new(surface: Surface, template: &str) -> Self {
        Self {
            surface,
            template: template.to_owned(),
            statuses: Default::default(),
            duration: Distribution::of_durations(),
        }
    }

    /// Method, class of status and count of what has happened at all.
    pub(super) fn by_status(&self) -> impl Iterator<Item = (&'static str, &'static str, u64)> {
        let methods = METHODS.iter().zip(&self.statuses);
        methods.flat_map(|(method, classes)| {
            let counted = CLASSES.iter().zip(classes).map(|(class, count)| (class, count.value()));
            counted.filter(|(_, count)| *count > 0).map(|(class, count)| (*method, *class, count))
        })
    }
}

fn number_of(method: &Method) -> usize {
    let known = METHODS.iter().position(|known| *known == method.as_str());
    known.unwrap_or(METHODS.len() - 1)
}

fn without_slash(template: &str) -> &str {
    let shorter = template.strip_suffix('/').unwrap_or(template);
    if shorter.is_empty() { template } else { shorter }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counts() -> HttpCounts {
        let templates = ["/", "/api/customers", "/api/customers/", "/embed/v1/panels/{id}/data"];
        HttpCounts::new(&templates.map(str::to_owned))
    }

    #[test]
    fn a_path_counts_for_its_route_and_never_by_itself() {
        let counts = counts();
        for (path, template) in [
            ("/", "/"),
            ("/api/customers", "/api/customers"),
            ("/api/customers/", "/api/customers"),
            ("/embed/v1/panels/anything/data", "/embed/v1/panels/{id}/data"),
            ("/embed/v1/panels/anything", UNMATCHED),
            ("/secret", UNMATCHED),
        ] {
            let route = counts.route(path, Surface::of(path));
            assert_eq!(counts.template(route), template, "{path}");
            assert_eq!(counts.routes[route.0].surface, Surface::of(path), "{path}");
        }
    }

    #[test]
    fn an_answer_is_counted_by_method_and_class_of_status() {
        let counts = counts();
        let route = counts.route("/api/customers", Surface::Facade);
        let brew = Method::from_bytes(b"BREW").expect("a method");
        for (method, status) in [
            (&Method::GET, StatusCode::OK),
            (&Method::GET, StatusCode::NO_CONTENT),
            (&Method::POST, StatusCode::METHOD_NOT_ALLOWED),
            (&brew, StatusCode::METHOD_NOT_ALLOWED),
        ] {
            counts.begin().answered(route, method, status, Duration::from_millis(1));
        }
        let seen: Vec<_> = counts.routes[route.0].by_status().collect();
        assert_eq!(seen, [("GET", "2xx", 2), ("POST", "4xx", 1), ("other", "4xx", 1)]);
        assert_eq!((counts.in_flight(), counts.abandoned()), (0, 0));
    }

    #[test]
    fn who_leaves_before_the_answer_is_counted_too() {
        let counts = counts();
        let underway = counts.begin();
        assert_eq!(counts.in_flight(), 1);
        drop(underway);
        assert_eq!((counts.in_flight(), counts.abandoned()), (0, 1));
    }
}
