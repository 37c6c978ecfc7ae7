//! Writers who remember what was acknowledged.

use std::collections::HashSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use serde_json::{Value, json};
use tokio::task::JoinHandle;

use crate::api::{BackEnd, opens};

/// Where writers write, and where they look.
#[derive(Clone)]
pub(crate) struct Servers {
    pub(crate) balancer: String,
    pub(crate) nodes: Vec<String>,
    pub(crate) embed_id: String,
}

/// What has happened so far.
#[derive(Default)]
pub(crate) struct Tally {
    pub(crate) acknowledged: AtomicUsize,
    pub(crate) unanswered: AtomicUsize,
    stop: AtomicBool,
}

/// Writers at work, each on a customer of its own.
pub(crate) struct Storm {
    pub(crate) tally: Arc<Tally>,
    writers: Vec<JoinHandle<Writer>>,
}

impl Storm {
    pub(crate) fn start(writers: usize, back_end: &BackEnd, servers: &Servers) -> Self {
        let tally = Arc::new(Tally::default());
        let start = |number| {
            let writer = Writer::new(number, back_end.clone(), servers.clone());
            tokio::spawn(writer.work(Arc::clone(&tally)))
        };
        Self { writers: (0..writers).map(start).collect(), tally }
    }

    /// Ends the storm; the writers know what must be there.
    pub(crate) async fn stop(self) -> Vec<Writer> {
        self.tally.stop.store(true, Ordering::Relaxed);
        let mut writers = Vec::new();
        for writer in self.writers {
            writers.push(writer.await.expect("no writer found a fault"));
        }
        writers
    }
}

/// One customer as its back end remembers it.
pub(crate) struct Writer {
    back_end: BackEnd,
    servers: Servers,
    id: String,
    /// The steps that the customer may stand at: the last acknowledged, and those attempted since.
    steps: Vec<u64>,
    token: Known,
    dead_tokens: HashSet<String>,
    /// Other customers as their creation was acknowledged; nobody changes them.
    made: Vec<Value>,
    turn: usize,
}

enum Known {
    Token(String),
    /// A refresh went unanswered: the last token stands, or one that nobody has seen.
    Either(String),
}

impl Writer {
    fn new(number: usize, back_end: BackEnd, servers: Servers) -> Self {
        let id = format!("writer-{number}");
        let token = Known::Either(String::new());
        let (steps, dead_tokens, made) = (vec![0], HashSet::new(), Vec::new());
        Self { back_end, servers, id, steps, token, dead_tokens, made, turn: number }
    }

    async fn work(mut self, tally: Arc<Tally>) -> Self {
        while !self.create(&tally).await {}
        for step in 1.. {
            if tally.stop.load(Ordering::Relaxed) {
                break;
            }
            self.update(step, &tally).await;
            self.look_elsewhere().await;
            if step % 3 == 0 {
                self.refresh(&tally).await;
            }
            if step % 5 == 0 {
                self.create_another(step, &tally).await;
            }
        }
        self
    }

    async fn create(&mut self, tally: &Tally) -> bool {
        let made = self.write("/api/create_customer/", &self.body(0), tally).await;
        if let Some(made) = &made {
            self.token = Known::Token(token(&made["customer"]));
        }
        made.is_some()
    }

    /// Whoever has to create it again finds it made, or makes it: one customer either way.
    async fn create_another(&mut self, step: u64, tally: &Tally) {
        let id = format!("{}-{step}", self.id);
        let body = json!({"provided_id": id, "name": "A customer", "properties": {"step": step}});
        let Some(made) = self.write("/api/create_customer/", &body, tally).await else { return };
        let server = self.next_node();
        if let Some(found) = self.back_end.customer(&server, &id).await {
            assert_eq!(found, made["customer"], "{server} has what was just acknowledged");
        }
        self.made.push(made["customer"].clone());
    }

    async fn update(&mut self, step: u64, tally: &Tally) {
        self.steps.push(step);
        if self.write("/api/update_customer/", &self.body(step), tally).await.is_some() {
            self.steps = vec![step];
        }
    }

    async fn refresh(&mut self, tally: &Tally) {
        let Known::Token(old) = &self.token else { return self.learn_token().await };
        let old = old.clone();
        let body = json!({"current_token": old});
        match self.write("/api/refresh_customer_token/", &body, tally).await {
            Some(refreshed) => {
                let new = token(&refreshed["customer"]);
                self.look_at_tokens(&old, &new).await;
                self.dead_tokens.insert(old);
                self.token = Known::Token(new);
            }
            None => self.token = Known::Either(old),
        }
    }

    /// On every node at once, not a moment later.
    async fn look_at_tokens(&self, old: &str, new: &str) {
        for node in &self.servers.nodes {
            assert_ne!(opens(node, &self.servers.embed_id, old).await, Some(true), "{node}: dead");
            assert_ne!(opens(node, &self.servers.embed_id, new).await, Some(false), "{node}: new");
        }
    }

    async fn learn_token(&mut self) {
        if let Some(found) = self.back_end.customer(&self.servers.balancer, &self.id).await {
            self.check(&found);
            let found = token(&found);
            if let Known::Either(before) = &self.token
                && *before != found
            {
                self.dead_tokens.insert(before.clone());
            }
            self.token = Known::Token(found);
        }
    }

    /// What was acknowledged by one node is what another one shows.
    async fn look_elsewhere(&mut self) {
        let server = self.next_node();
        if let Some(found) = self.back_end.customer(&server, &self.id).await {
            self.check(&found);
        }
    }

    fn next_node(&mut self) -> String {
        self.turn += 1;
        self.servers.nodes[self.turn % self.servers.nodes.len()].clone()
    }

    /// Name and properties are written together, so they tell of the same step.
    fn body(&self, step: u64) -> Value {
        json!({
            "provided_id": self.id, "name": format!("Step {step}"), "properties": {"step": step},
            "emails": [format!("step-{step}@example.com")],
        })
    }

    async fn write(&self, path: &str, body: &Value, tally: &Tally) -> Option<Value> {
        let reply = self.back_end.post(&self.servers.balancer, path, body).await;
        if reply.is_some() {
            tally.acknowledged.fetch_add(1, Ordering::Relaxed);
        } else {
            tally.unanswered.fetch_add(1, Ordering::Relaxed);
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        reply
    }

    fn check(&self, found: &Value) {
        let step = found["properties"]["step"].as_u64().expect("a step");
        assert!(self.steps.contains(&step), "{found} is none of {:?}", self.steps);
        let whole = self.body(step);
        for field in ["name", "properties", "emails"] {
            assert_eq!(found[field], whole[field], "half a change: {found}");
        }
        let shown = token(found);
        assert!(!self.dead_tokens.contains(&shown), "{}: a dead token lives again", self.id);
        if let Known::Token(known) = &self.token {
            assert_eq!(shown, *known, "{}: the token was acknowledged", self.id);
        }
    }

    /// Looks for everything that was acknowledged.
    pub(crate) async fn look_for_all(&self, server: &str) {
        let found = self.back_end.customer(server, &self.id).await;
        self.check(&found.unwrap_or_else(|| panic!("{server} answers")));
        if let Known::Token(token) = &self.token {
            assert_eq!(opens(server, &self.servers.embed_id, token).await, Some(true));
        }
        for dead in &self.dead_tokens {
            assert_eq!(opens(server, &self.servers.embed_id, dead).await, Some(false));
        }
        for made in &self.made {
            let id = made["provided_id"].as_str().expect("an id");
            assert_eq!(self.back_end.customer(server, id).await.as_ref(), Some(made), "{server}");
        }
    }
}

fn token(customer: &Value) -> String {
    customer["token"].as_str().expect("a token").to_owned()
}
