//! Accounts that clients make, change and delete, and the privileges that are published.

use axum::http::{Method, StatusCode};
use base64::Engine as _;
use dpo_gateway::redfish::RedfishConfig;
use serde_json::{Value, json};

use crate::client::{ADMIN, Client, OPERATOR, VIEWER, config, service, service_with};

const ACCOUNTS: &str = "/redfish/v1/AccountService/Accounts";
const SESSIONS: &str = "/redfish/v1/SessionService/Sessions";
const CHASSIS: &str = "/redfish/v1/Chassis";

fn at(user: &str) -> String {
    format!("{ACCOUNTS}/{user}")
}

fn basic(client: &Client, user: &str, word: &str) -> Client {
    let value = base64::engine::general_purpose::STANDARD.encode(format!("{user}:{word}"));
    client.anonymous().with("authorization", &format!("Basic {value}"))
}

async fn make(client: &Client, body: Value) -> crate::client::Answer {
    client.send(Method::POST, ACCOUNTS, body.to_string()).await
}

async fn status(client: &Client, uri: &str) -> StatusCode {
    client.get(uri).await.status
}

#[tokio::test]
async fn an_account_lives_from_its_making_to_its_end() {
    let client = service();
    let made =
        make(&client, json!({"UserName": "new", "Password": "long-enough", "RoleId": "Operator"})).await;
    assert_eq!(
        (made.status, made.header("location")),
        (StatusCode::CREATED, at("new").as_str()),
        "{}",
        made.text
    );
    let body = made.json();
    assert_eq!(
        (&body["Password"], &body["RoleId"], &body["Enabled"]),
        (&Value::Null, &"Operator".into(), &true.into())
    );
    assert!(!made.text.contains("long-enough") && !made.text.contains("argon2"));
    let user = basic(&client, "new", "long-enough");
    assert_eq!(status(&user, CHASSIS).await, StatusCode::OK);

    // A new password: the old one is worth nothing at once, though it was remembered.
    let changed = user.patch(&at("new"), r#"{"Password":"another-one"}"#).await;
    assert_eq!(changed.status, StatusCode::OK, "{}", changed.text);
    assert_eq!(status(&user, CHASSIS).await, StatusCode::UNAUTHORIZED);
    let user = basic(&client, "new", "another-one");
    assert_eq!(status(&user, CHASSIS).await, StatusCode::OK);

    // Another role holds from the next request on, also in a session.
    let body = json!({"UserName": "new", "Password": "another-one"}).to_string();
    let session = client.anonymous().send(Method::POST, SESSIONS, body).await;
    let session = client.anonymous().with("x-auth-token", session.header("x-auth-token"));
    assert_eq!(client.patch(&at("new"), r#"{"RoleId":"ReadOnly"}"#).await.json()["RoleId"], "ReadOnly");
    let label = r#"{"AssetTag":"x"}"#;
    assert_eq!(session.patch("/redfish/v1/Chassis/PowerShelf", label).await.status, StatusCode::FORBIDDEN);

    // Switched off: neither password nor session.
    assert_eq!(client.patch(&at("new"), r#"{"Enabled":false}"#).await.json()["Enabled"], false);
    assert_eq!(status(&user, CHASSIS).await, StatusCode::UNAUTHORIZED);
    assert_eq!(status(&session, CHASSIS).await, StatusCode::UNAUTHORIZED);
    assert_eq!(client.patch(&at("new"), r#"{"Enabled":true}"#).await.status, StatusCode::OK);
    assert_eq!(status(&session, CHASSIS).await, StatusCode::UNAUTHORIZED, "the session does not come back");

    assert_eq!(client.send(Method::DELETE, &at("new"), "").await.status, StatusCode::NO_CONTENT);
    assert_eq!(status(&client, &at("new")).await, StatusCode::NOT_FOUND);
    assert_eq!(status(&user, CHASSIS).await, StatusCode::UNAUTHORIZED);
    assert_eq!(client.send(Method::DELETE, &at("new"), "").await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn somebody_who_can_administrate_is_always_left() {
    let client = service();
    for body in [r#"{"Enabled":false}"#, r#"{"RoleId":"Operator"}"#] {
        let refused = client.patch(&at(ADMIN), body).await;
        assert_eq!((refused.status, refused.messages().len()), (StatusCode::CONFLICT, 1), "{}", refused.text);
    }
    assert_eq!(client.send(Method::DELETE, &at(ADMIN), "").await.status, StatusCode::CONFLICT);
    // One that is switched off does not count.
    let other =
        json!({"UserName": "other", "Password": "long-enough", "RoleId": "Administrator", "Enabled": false});
    assert_eq!(make(&client, other).await.status, StatusCode::CREATED);
    assert_eq!(client.send(Method::DELETE, &at(ADMIN), "").await.status, StatusCode::CONFLICT);
    assert_eq!(client.patch(&at("other"), r#"{"Enabled":true}"#).await.status, StatusCode::OK);
    assert_eq!(client.send(Method::DELETE, &at(ADMIN), "").await.status, StatusCode::NO_CONTENT);
    assert_eq!(status(&client, CHASSIS).await, StatusCode::UNAUTHORIZED);
    let other = basic(&client, "other", "long-enough");
    assert_eq!(other.send(Method::DELETE, &at("other"), "").await.status, StatusCode::CONFLICT);
}

#[tokio::test]
async fn what_an_account_cannot_be_is_named_and_no_password_is_repeated() {
    let client = service();
    let (user, word, role) = ("UserName", "Password", "RoleId");
    for (body, messages) in [
        (json!({}), vec!["EmptyJSON"]),
        (json!({user: "x", word: "long-enough"}), vec!["PropertyMissing"]),
        (json!({user: "x", word: "long-enough", role: "God"}), vec!["PropertyValueNotInList"]),
        (json!({user: "x", word: "sh0rt", role: "ReadOnly"}), vec!["PropertyValueError"]),
        (json!({user: "x", word: "sh0rt".repeat(60), role: "ReadOnly"}), vec!["PropertyValueError"]),
        (json!({user: "x", word: ["sh0rt"], role: "ReadOnly"}), vec!["PropertyValueTypeError"]),
        (json!({user: "../x", word: "long-enough", role: "ReadOnly"}), vec!["PropertyValueError"]),
        (json!({user: "x", word: "long-enough", role: "ReadOnly", "Locked": false}), vec!["PropertyUnknown"]),
        (
            json!({user: "x", word: "long-enough", role: "ReadOnly", "Enabled": 1}),
            vec!["PropertyValueTypeError"],
        ),
    ] {
        let refused = make(&client, body).await;
        assert_eq!(
            (refused.status, refused.messages()),
            (StatusCode::BAD_REQUEST, messages.iter().map(|m| (*m).to_owned()).collect())
        );
        assert!(!refused.text.contains("sh0rt") && !refused.text.contains("long-enough"), "{}", refused.text);
    }
    let twice = make(&client, json!({user: VIEWER, word: "long-enough", role: "ReadOnly"})).await;
    assert_eq!(
        (twice.status, twice.messages()),
        (StatusCode::CONFLICT, vec!["ResourceAlreadyExists".to_owned()])
    );
    for (body, message) in [
        (r#"{"UserName":"other"}"#, "PropertyNotWritable"),
        (r#"{"Password":null}"#, "PropertyValueTypeError"),
        (r#"{"Color":1}"#, "PropertyUnknown"),
        (r#"{"@odata.id":"x"}"#, "NoOperation"),
        (r#"{"Password":"long-enough","Color":1}"#, "PropertyUnknown"),
    ] {
        let refused = client.patch(&at(VIEWER), body).await;
        assert_eq!((refused.status, refused.messages()), (StatusCode::BAD_REQUEST, vec![message.to_owned()]));
    }
    let viewer = client.anonymous().as_user(VIEWER);
    assert_eq!(status(&viewer, CHASSIS).await, StatusCode::OK, "nothing was taken of a body with a fault");
    assert_eq!(client.get(ACCOUNTS).await.json()["Members@odata.count"], 3);
}

#[tokio::test]
async fn a_password_that_must_be_changed_opens_nothing_else() {
    let client = service();
    let body = json!({"UserName": "fresh", "Password": "first-word", "RoleId": "Administrator", "PasswordChangeRequired": true});
    assert_eq!(make(&client, body).await.status, StatusCode::CREATED);
    let body = json!({"UserName": "fresh", "Password": "first-word"}).to_string();
    let login = client.anonymous().send(Method::POST, SESSIONS, body).await;
    assert_eq!(login.status, StatusCode::CREATED);
    let told = login.json()["@Message.ExtendedInfo"][0]["MessageId"].clone();
    assert!(told.as_str().unwrap().ends_with(".PasswordChangeRequired"), "{told}");
    let session = client.anonymous().with("x-auth-token", login.header("x-auth-token"));
    for user in [basic(&client, "fresh", "first-word"), session.clone()] {
        for (method, uri, body) in [
            (Method::GET, CHASSIS.to_owned(), ""),
            (Method::GET, at(ADMIN), ""),
            (Method::PATCH, at(ADMIN), r#"{"Password":"stolen-one"}"#),
            (Method::PATCH, at("fresh"), r#"{"PasswordChangeRequired":false}"#),
            (Method::PATCH, at("fresh/../admin"), r#"{"Password":"stolen-one"}"#),
            (Method::POST, ACCOUNTS.to_owned(), "{}"),
        ] {
            let refused = user.send(method.clone(), &uri, body).await;
            assert_eq!(refused.status, StatusCode::FORBIDDEN, "{method} {uri}");
            assert_eq!(refused.messages(), ["PasswordChangeRequired"], "{method} {uri}");
        }
        assert_eq!(user.get(&at("fresh")).await.json()["PasswordChangeRequired"], true);
    }
    let changed = session.patch(&at("fresh"), r#"{"Password":"second-word"}"#).await;
    assert_eq!((changed.status, &changed.json()["PasswordChangeRequired"]), (StatusCode::OK, &false.into()));
    assert_eq!(status(&session, CHASSIS).await, StatusCode::OK, "the session that changed it goes on");
    assert_eq!(status(&basic(&client, "fresh", "second-word"), CHASSIS).await, StatusCode::OK);
}

#[tokio::test]
async fn users_change_their_own_password_and_nothing_of_others() {
    let client = service();
    let viewer = client.anonymous().as_user(VIEWER);
    for (method, uri, body) in [
        (Method::PATCH, at(ADMIN), r#"{"Password":"stolen-one"}"#),
        (Method::PATCH, at(OPERATOR), r#"{"Password":"stolen-one"}"#),
        (Method::PATCH, at(VIEWER), r#"{"RoleId":"Administrator"}"#),
        (Method::PATCH, at(VIEWER), r#"{"Password":"another-one","RoleId":"Administrator"}"#),
        (Method::DELETE, at(VIEWER), ""),
        (
            Method::POST,
            ACCOUNTS.to_owned(),
            r#"{"UserName":"x","Password":"long-enough","RoleId":"Administrator"}"#,
        ),
    ] {
        let refused = viewer.send(method.clone(), &uri, body).await;
        assert_eq!(refused.status, StatusCode::FORBIDDEN, "{method} {uri}");
    }
    assert_eq!(viewer.patch(&at(VIEWER), r#"{"Password":"another-one"}"#).await.status, StatusCode::OK);
    assert_eq!(status(&viewer, CHASSIS).await, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn of_four_writers_with_one_entity_tag_one_wins() {
    let client = service();
    let tag = client.get(&at(VIEWER)).await.header("etag").to_owned();
    let writers = (0..4).map(|_| {
        let client = client.with("if-match", &tag);
        tokio::spawn(async move { client.patch(&at(VIEWER), r#"{"RoleId":"Operator"}"#).await.status })
    });
    let mut found = Vec::new();
    for writer in writers.collect::<Vec<_>>() {
        found.push(writer.await.unwrap().as_u16());
    }
    found.sort_unstable();
    assert_eq!(found, [200, 412, 412, 412]);
    let stale = client.with("if-match", &tag);
    assert_eq!(stale.send(Method::DELETE, &at(VIEWER), "").await.status, StatusCode::PRECONDITION_FAILED);
}

#[tokio::test]
async fn accounts_are_kept_and_then_count_instead_of_the_configuration() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("redfish.json");
    let with = || RedfishConfig { state: Some(path.clone()), ..config() };
    assert!(!dpo_gateway::redfish::keeps_accounts(&path).unwrap());
    let client = service_with(&with());
    assert_eq!(client.patch(&at(ADMIN), r#"{"Password":"changed-for-good"}"#).await.status, StatusCode::OK);
    let client = basic(&client, ADMIN, "changed-for-good");
    assert_eq!(client.send(Method::DELETE, &at(OPERATOR), "").await.status, StatusCode::NO_CONTENT);
    let text = std::fs::read_to_string(&path).unwrap();
    assert!(!text.contains("changed-for-good") && text.contains("$argon2id$"), "{text}");

    let again = service_with(&with());
    assert_eq!(status(&again, CHASSIS).await, StatusCode::UNAUTHORIZED, "the password of the configuration");
    let admin = basic(&again, ADMIN, "changed-for-good");
    assert_eq!(admin.get(ACCOUNTS).await.json()["Members@odata.count"], 2);
    assert!(dpo_gateway::redfish::keeps_accounts(&path).unwrap());
}

/// What the published map says of a schema and a method: lists of which one is enough.
fn needs(map: &Value, entity: &str, method: &Method) -> Vec<String> {
    let mappings = map["Mappings"].as_array().unwrap();
    let mapping = mappings.iter().find(|m| m["Entity"] == entity).unwrap_or_else(|| panic!("{entity}"));
    let lists = mapping["OperationMap"][method.as_str()].as_array().unwrap();
    lists.iter().map(|l| l["Privilege"][0].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn the_privileges_that_are_published_are_those_that_are_checked() {
    let client = service();
    let map = client.get("/redfish/v1/AccountService/PrivilegeMap").await.json();
    let api: Value = serde_json::from_str(&dpo_gateway::redfish::openapi_json().unwrap()).unwrap();
    let tree = crate::tree::crawl(&client).await;
    let roles = [
        (ADMIN, vec!["Login", "ConfigureManager", "ConfigureUsers", "ConfigureComponents", "ConfigureSelf"]),
        (OPERATOR, vec!["Login", "ConfigureComponents", "ConfigureSelf"]),
        (VIEWER, vec!["Login", "ConfigureSelf"]),
    ];
    let mut checked = 0;
    for (uri, body) in &tree {
        let entity = body["@odata.type"].as_str().unwrap().trim_start_matches('#').split('.').next().unwrap();
        let allow = client.get(uri).await.header("allow").to_owned();
        for (user, has) in &roles {
            let someone = client.anonymous().as_user(user);
            // One of one's own is another matter: `users_change_their_own_password_and_nothing_of_others`.
            let own = |need: &String| need != "ConfigureSelf" || uri.ends_with(user);
            for method in [Method::GET, Method::PATCH, Method::POST, Method::DELETE] {
                if !allow.contains(method.as_str()) || (*user == ADMIN && method == Method::DELETE) {
                    continue;
                }
                let needs = needs(&map, entity, &method);
                let may = needs.iter().any(|need| has.contains(&need.as_str()) && own(need));
                let answer =
                    someone.send(method.clone(), uri, if method == Method::GET { "" } else { "{}" }).await;
                // A password of one's own may be changed: the body decides.
                if uri.ends_with(user) && method == Method::PATCH {
                    continue;
                }
                assert_eq!(answer.status != StatusCode::FORBIDDEN, may, "{user} {method} {uri}: {needs:?}");
                checked += 1;
            }
        }
    }
    assert!(checked > 600, "{checked} operations");
    // Actions are of the resource that they belong to.
    for (path, item) in api["paths"].as_object().unwrap() {
        let Some((_, action)) = path.split_once("/Actions/") else { continue };
        if item["post"].is_null() || action.starts_with("Oem") {
            continue;
        }
        let needs = needs(&map, action.split('.').next().unwrap(), &Method::POST);
        let circuit = if path.contains("/Branches/") { "DC1" } else { "AC1" };
        let path = path.replace("{circuit}", circuit).replace("{psu}", "PSU1");
        for (user, has) in &roles[1..] {
            let may = needs.iter().any(|need| has.contains(&need.as_str()));
            let answer = client.anonymous().as_user(user).send(Method::POST, &path, "{}").await;
            assert_eq!(answer.status != StatusCode::FORBIDDEN, may, "{user} POST {path}: {needs:?}");
        }
    }
}
