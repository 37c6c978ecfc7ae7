use serde_json::json;

use crate::support::Server;

#[tokio::test]
async fn a_tag_is_made_renamed_and_deleted_on_every_customer() {
    let server = Server::start().await;
    let made = server.post("/api/create_group_tag/", json!({"name": "  beta "})).await;
    assert_eq!(made.body, json!({"success": 1, "group_tag": {"name": "beta"}}));
    let tags = json!(["sales", "beta"]);
    server.create(json!({"provided_id": "UA", "group_tags": tags})).await;

    let names = json!({"name": "beta", "new_name": "gamma"});
    let renamed = server.post("/api/rename_group_tag/", names).await;
    assert_eq!(renamed.body, json!({"success": 1, "group_tag": {"name": "gamma"}}));
    assert_eq!(server.customer("UA").await["group_tags"], json!(["sales", "gamma"]));

    let list = server.get("/api/group_tags/").await;
    let names = json!([{"name": "pilot"}, {"name": "sales"}, {"name": "gamma"}]);
    assert_eq!(list.body, json!({"success": 1, "group_tags": names}));

    let deleted = server.post("/api/delete_group_tag/", json!({"name": "sales"})).await;
    assert_eq!(deleted.body, json!({"success": 1}));
    assert_eq!(server.customer("UA").await["group_tags"], json!(["gamma"]));
}

#[tokio::test]
async fn tags_that_exist_or_do_not_are_told_apart() {
    let server = Server::start().await;
    let long = "x".repeat(256);
    for (path, body, status, sentence) in [
        ("create", json!({"name": "pilot"}), 409, "this group tag is taken"),
        ("create", json!({"name": " pilot "}), 409, "this group tag is taken"),
        ("create", json!({"name": "   "}), 400, "name: must not be empty"),
        ("create", json!({ "name": long }), 400, "name: must have at most 255 characters"),
        ("create", json!({"name": ["a"]}), 400, "name: must be text, not a list"),
        ("create", json!({}), 400, "name: is required"),
        ("rename", json!({"name": "none", "new_name": "a"}), 404, "there is no such group tag"),
        ("rename", json!({"name": "pilot", "new_name": "sales"}), 409, "this group tag is taken"),
        ("rename", json!({"name": "pilot"}), 400, "new_name: is required"),
        ("rename", json!({"new_name": "a"}), 400, "name: is required"),
        ("delete", json!({"name": "none"}), 404, "there is no such group tag"),
        ("delete", json!({"name": "Pilot"}), 404, "there is no such group tag"),
    ] {
        let reply = server.post(&format!("/api/{path}_group_tag/"), body).await;
        reply.assert_fails(status, sentence);
    }
    let same = json!({"name": "pilot", "new_name": "pilot"});
    server.post("/api/rename_group_tag/", same).await.assert_done();
    let delete = server.delete("/api/delete_group_tag/", json!({"name": "pilot"})).await;
    delete.assert_fails(405, "method not allowed");
}
