//! Who may sign in to a customer's portal.

use model::OperatorScope;
use serde_json::{Value, json};

use crate::support::{Reply, Server};

async fn configure(server: &Server, customer: &str, embed_id: &str, emails: Value) -> Reply {
    let body = json!({
        "provided_id": customer, "dashboard_embed_id": embed_id, "emails": emails,
    });
    server.post("/api/configure_customer_portal/", body).await
}

async fn admitted(server: &Server, customer: &str) -> Vec<String> {
    let store = server.store.store();
    let scope = server.store.group("Production").await.expect("a scope");
    let (customer, embed_id) = (customer.parse().expect("an id"), server.embed_id.parse());
    store.portal_access(&scope, &customer, &embed_id.expect("an id")).await.expect("a list")
}

#[tokio::test]
async fn a_list_takes_the_place_of_the_one_before() {
    let server = Server::start().await;
    server.create(json!({"provided_id": "UA", "emails": ["own@united.example"]})).await;
    server.create(json!({"provided_id": "AA"})).await;
    let emails = json!(["Ana@united.example", "bo@united.example", "ana@UNITED.example"]);
    configure(&server, "UA", &server.embed_id, emails).await.assert_done();
    assert_eq!(admitted(&server, "UA").await, ["ana@united.example", "bo@united.example"]);
    assert!(admitted(&server, "AA").await.is_empty());
    configure(&server, "UA", &server.embed_id, json!(["cy@united.example"])).await.assert_done();
    assert_eq!(admitted(&server, "UA").await, ["cy@united.example"]);
    configure(&server, "UA", &server.embed_id, json!([])).await.assert_done();
    assert!(admitted(&server, "UA").await.is_empty());
    assert_eq!(server.customer("UA").await["emails"], json!(["own@united.example"]));
}

#[tokio::test]
async fn what_is_unknown_or_wrong_is_told() {
    let server = Server::start().await;
    server.create(json!({"provided_id": "UA"})).await;
    let emails = json!(["ana@united.example"]);
    let unknown = configure(&server, "XX", &server.embed_id, emails.clone()).await;
    unknown.assert_fails(404, "there is no such customer");
    let unknown = configure(&server, "UA", "ABCDEFGHIJ", emails).await;
    unknown.assert_fails(404, "there is no such dashboard");
    let wrong = configure(&server, "UA", &server.embed_id, json!(["ana"])).await;
    wrong.assert_fails(400, "emails[0]: must be an e-mail address");
    let absent = configure(&server, "UA", &server.embed_id, Value::Null).await;
    absent.assert_fails(400, "emails: is required");
}

#[tokio::test]
async fn a_change_is_written_down_and_a_repetition_is_none() {
    let server = Server::start().await;
    server.create(json!({"provided_id": "UA"})).await;
    for email in ["ana@united.example", "ANA@united.example"] {
        configure(&server, "UA", &server.embed_id, json!([email])).await.assert_done();
    }
    let operator = OperatorScope::of_command_line();
    let filter =
        store::AuditFilter { kind: Some("portal_access".to_owned()), ..Default::default() };
    let entries = server.store.store().audit_entries(&operator, &filter, None, 10).await;
    let entries = entries.expect("entries");
    let [entry] = &*entries else { panic!("one entry is expected: {entries:?}") };
    assert_eq!((&*entry.subject, entry.group.as_deref()), ("UA", Some("Production")));
    assert_eq!(entry.before, Some(json!({"dashboard": "on-time", "emails": []})));
    let after = json!({"dashboard": "on-time", "emails": ["ana@united.example"]});
    assert_eq!(entry.after, Some(after));
}

#[tokio::test]
async fn a_deleted_customer_takes_the_list_along() {
    let server = Server::start().await;
    let customer = server.create(json!({"provided_id": "UA"})).await;
    let emails = json!(["ana@united.example"]);
    configure(&server, "UA", &server.embed_id, emails).await.assert_done();
    let token = json!({"current_token": customer["token"]});
    server.delete("/api/delete_customer/", token).await.assert_done();
    server.create(json!({"provided_id": "UA"})).await;
    assert!(admitted(&server, "UA").await.is_empty());
}
