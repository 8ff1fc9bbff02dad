//! Who may do what: credentials, sessions, roles.

use axum::http::{Method, StatusCode};
use serde_json::{Value, json};

use crate::client::{ADMIN, Client, OPERATOR, VIEWER, config, password, service, service_with};

const SESSIONS: &str = "/redfish/v1/SessionService/Sessions";
const LIMIT: &str = "/redfish/v1/Chassis/PowerShelf/Controls/ShelfPowerLimit";

async fn login(client: &Client, user: &str) -> (Client, String) {
    let body = json!({"UserName": user, "Password": password(user)}).to_string();
    let answer = client.anonymous().send(Method::POST, SESSIONS, body).await;
    assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.text);
    let location = answer.header("location").to_owned();
    (client.anonymous().with("x-auth-token", answer.header("x-auth-token")), location)
}

#[tokio::test]
async fn all_but_the_entrance_needs_a_login() {
    let client = service().anonymous();
    for open in ["/redfish", "/redfish/v1", "/redfish/v1/", "/redfish/v1/odata", "/redfish/v1/$metadata"] {
        assert_eq!(client.get(open).await.status, StatusCode::OK, "{open}");
    }
    for closed in ["/redfish/v1/Chassis", SESSIONS, LIMIT, "/redfish/v1/nothing", "/elsewhere"] {
        let answer = client.get(closed).await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{closed}");
        assert!(answer.header("www-authenticate").starts_with("Basic"), "{closed}");
        assert_eq!(answer.messages(), ["NoValidSession"], "{closed}");
    }
    // Before any condition or query is looked at, and before a method is refused.
    let with_tag = client.with("if-none-match", "*");
    assert_eq!(with_tag.get("/redfish/v1/Chassis").await.status, StatusCode::UNAUTHORIZED);
    assert_eq!(client.get("/redfish/v1/Chassis?$x").await.status, StatusCode::UNAUTHORIZED);
    assert_eq!(client.patch("/redfish/v1/", "{}").await.status, StatusCode::UNAUTHORIZED);
    assert_eq!(client.patch(LIMIT, r#"{"SetPoint":null}"#).await.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn wrong_credentials_are_refused_without_a_hint() {
    let client = service().anonymous();
    let mut bodies = Vec::new();
    for (user, word) in [(ADMIN, "wrong"), ("nobody", "wrong"), ("", "")] {
        let body = json!({"UserName": user, "Password": word}).to_string();
        let answer = client.send(Method::POST, SESSIONS, body).await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
        assert!(answer.header("x-auth-token").is_empty());
        bodies.push(answer.text);
    }
    assert!(bodies.iter().all(|b| *b == bodies[0]));
    let token = client.with("x-auth-token", "00");
    assert_eq!(token.get("/redfish/v1/Chassis").await.status, StatusCode::UNAUTHORIZED);
    // A token that is not valid is not saved by Basic credentials that are.
    assert_eq!(token.as_user(ADMIN).get("/redfish/v1/Chassis").await.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn a_session_lives_from_login_to_logout() {
    let client = service();
    let body = json!({"UserName": ADMIN, "Password": password(ADMIN)}).to_string();
    let answer = client.anonymous().send(Method::POST, SESSIONS, body).await;
    assert_eq!(answer.status, StatusCode::CREATED);
    let token = answer.header("x-auth-token").to_owned();
    assert!(token.len() == 64 && token.bytes().all(|b| b.is_ascii_hexdigit()), "{token}");
    let location = answer.header("location").to_owned();
    let created = answer.json();
    assert_eq!(created["@odata.id"], location);
    assert_eq!((&created["UserName"], &created["Password"]), (&ADMIN.into(), &Value::Null));
    assert!(answer.header("set-cookie").is_empty());

    let session = client.anonymous().with("x-auth-token", &token);
    assert_eq!(session.get(&location).await.json(), created);
    assert_eq!(session.get(SESSIONS).await.json()["Members@odata.count"], 1);
    let stale = session.with("if-match", "\"0\"").send(Method::DELETE, &location, "").await;
    assert_eq!(stale.status, StatusCode::PRECONDITION_FAILED);
    assert_eq!(session.send(Method::DELETE, &location, "").await.status, StatusCode::NO_CONTENT);
    assert_eq!(session.get("/redfish/v1/Chassis").await.status, StatusCode::UNAUTHORIZED);
    assert_eq!(client.get(&location).await.status, StatusCode::NOT_FOUND);

    let (other, _) = login(&client, ADMIN).await;
    assert_ne!(other.headers[0].1, token);
    let members = format!("{SESSIONS}/Members");
    let body = json!({"UserName": VIEWER, "Password": password(VIEWER)}).to_string();
    assert_eq!(client.send(Method::POST, &members, body).await.status, StatusCode::CREATED);
}

#[tokio::test]
async fn sessions_are_limited_and_others_are_ended_by_the_administrator_only() {
    let client = service_with(&dpo_gateway::redfish::RedfishConfig { session_limit: 2, ..config() });
    let (_, first) = login(&client, ADMIN).await;
    let (viewer, second) = login(&client, VIEWER).await;
    let body = json!({"UserName": ADMIN, "Password": password(ADMIN)}).to_string();
    let third = client.send(Method::POST, SESSIONS, body).await;
    assert_eq!(third.status, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(third.messages(), ["SessionLimitExceeded"]);
    let refused = viewer.send(Method::DELETE, &first, "").await;
    assert_eq!(
        (refused.status, refused.messages()),
        (StatusCode::FORBIDDEN, vec!["InsufficientPrivilege".to_owned()])
    );
    assert_eq!(client.send(Method::DELETE, &second, "").await.status, StatusCode::NO_CONTENT);
    assert_eq!(viewer.get("/redfish/v1/Chassis").await.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test(start_paused = true)]
async fn an_idle_session_ends() {
    let client = service();
    let (session, _) = login(&client, ADMIN).await;
    tokio::time::advance(std::time::Duration::from_secs(1799)).await;
    assert_eq!(session.get("/redfish/v1/Chassis").await.status, StatusCode::OK);
    tokio::time::advance(std::time::Duration::from_secs(1801)).await;
    assert_eq!(session.get("/redfish/v1/Chassis").await.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn a_login_names_what_is_wrong_with_its_body() {
    let client = service().anonymous();
    for (body, messages) in [
        ("", vec!["MalformedJSON"]),
        ("[]", vec!["UnrecognizedRequestBody"]),
        ("{}", vec!["EmptyJSON"]),
        (r#"{"UserName":"admin"}"#, vec!["PropertyMissing"]),
        (r#"{"UserName":"admin","Password":12345678}"#, vec!["PropertyValueTypeError"]),
        (r#"{"UserName":"admin","Password":"x","Foo":1}"#, vec!["PropertyUnknown"]),
    ] {
        let answer = client.send(Method::POST, SESSIONS, body).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{body}");
        assert_eq!(answer.messages(), messages, "{body}");
        assert!(!answer.text.contains("12345678"), "a password in the wrong form is not repeated");
    }
}

#[tokio::test]
async fn only_the_administrator_steers() {
    let client = service();
    for user in [VIEWER, OPERATOR] {
        let user = client.anonymous().as_user(user);
        assert_eq!(user.get(LIMIT).await.status, StatusCode::OK);
        let answer = user.patch(LIMIT, r#"{"SetPoint":5000}"#).await;
        assert_eq!(
            (answer.status, answer.messages()),
            (StatusCode::FORBIDDEN, vec!["InsufficientPrivilege".to_owned()])
        );
    }
    assert_eq!(client.get(LIMIT).await.json()["SetPoint"], Value::Null);
    let accounts = "/redfish/v1/AccountService/Accounts";
    let viewer = client.anonymous().as_user(VIEWER);
    assert_eq!(viewer.get(&format!("{accounts}/{VIEWER}")).await.json()["RoleId"], "ReadOnly");
    assert_eq!(viewer.get(&format!("{accounts}/{ADMIN}")).await.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn roles_have_the_privileges_of_the_standard() {
    let client = service();
    for (role, privileges) in [
        (
            "Administrator",
            json!(["Login", "ConfigureManager", "ConfigureUsers", "ConfigureComponents", "ConfigureSelf"]),
        ),
        ("Operator", json!(["Login", "ConfigureComponents", "ConfigureSelf"])),
        ("ReadOnly", json!(["Login", "ConfigureSelf"])),
    ] {
        let uri = format!("/redfish/v1/AccountService/Roles/{role}");
        assert_eq!(client.get(&uri).await.json()["AssignedPrivileges"], privileges);
        let patch = client.patch(&uri, r#"{"AssignedPrivileges":[]}"#).await;
        assert_eq!((patch.status, patch.header("allow")), (StatusCode::METHOD_NOT_ALLOWED, "GET, HEAD"));
    }
}

#[tokio::test]
async fn nothing_secret_is_in_any_body() {
    let client = service();
    let (session, _) = login(&client, ADMIN).await;
    let token = session.headers[0].1.clone();
    for (uri, body) in crate::tree::crawl(&session).await {
        let text = body.to_string();
        for secret in [token.as_str(), "$argon2", &password(ADMIN), &password(VIEWER)] {
            assert!(!text.contains(secret), "{uri}");
        }
        assert!(body["Password"].is_null(), "{uri}");
    }
}
