//! What an attacker tries: each is refused, and leaves everything as it was.

use std::time::Duration;

use axum::body::Body;
use axum::http::{Method, Request, StatusCode};
use dpo_gateway::redfish::{RedfishConfig, Transport};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::client::{ADMIN, OPERATOR, VIEWER, config, password, service};
use crate::server::start;

const SESSIONS: &str = "/redfish/v1/SessionService/Sessions";
const LIMIT: &str = "/redfish/v1/Chassis/PowerShelf/Controls/ShelfPowerLimit";
const ACCOUNTS: &str = "/redfish/v1/AccountService/Accounts";

#[tokio::test]
async fn no_way_to_write_a_path_leads_past_the_login() {
    let client = service().anonymous();
    for path in [
        "/redfish/v1/odata/../Chassis",
        "/redfish/v1/odata/..%2fChassis",
        "/redfish/v1/%2e%2e/v1/Chassis",
        "/redfish/v1/$metadata/../AccountService/Accounts/admin",
        "/redfish/v1//Chassis",
        "//redfish/v1/Chassis",
        "/redfish//v1/Chassis",
        "/redfish/v1/Chassis/",
        "/redfish/v1/Chassis//",
        "/redfish/v1/Chassis;x=/redfish",
        "/redfish/v1/Chassis?/redfish/v1/odata",
        "/redfish/v1/Chassis%00",
        "/redfish/v1/Chassis%2f",
        "/Redfish/V1/Chassis",
        "/redfish/v1/CHASSIS",
        "/redfish/v1/SessionService/Sessions/Members/1",
        "/docs/../redfish/v1/Chassis",
        "/docs/..%2f..%2fetc%2fpasswd",
        "/openapi.json/../redfish/v1/Chassis",
        "/metrics",
        "/metrics/",
        "/page/../metrics",
    ] {
        for method in [Method::GET, Method::HEAD, Method::PATCH, Method::POST, Method::DELETE, Method::PUT] {
            let answer = client.send(method.clone(), path, "").await;
            let refused = matches!(answer.status.as_u16(), 301 | 307 | 308 | 401 | 404 | 405);
            assert!(refused, "{method} {path}: {} {}", answer.status, answer.text);
            assert!(!answer.text.contains("PowerShelf") && !answer.text.contains("root:"), "{method} {path}");
        }
    }
    // Headers by which proxies rename a request, and methods that pretend to be others.
    for (name, value) in [
        ("x-original-url", "/redfish/v1/odata"),
        ("x-rewrite-url", "/redfish/v1/odata"),
        ("x-forwarded-for", "127.0.0.1"),
        ("x-http-method-override", "GET"),
        ("x-auth-token", ""),
        ("authorization", "Basic"),
        ("authorization", "Basic Og=="),
        ("authorization", "Basic YWRtaW4="),
        ("authorization", "Bearer YWRtaW46cGFzc3dvcmQtb2YtYWRtaW4="),
        ("cookie", "session=1; X-Auth-Token=1"),
    ] {
        let answer = client.with(name, value).get("/redfish/v1/Chassis").await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{name}: {value}");
    }
}

#[tokio::test]
async fn a_method_in_a_header_does_not_turn_a_read_into_a_write() {
    let client = service();
    let before = client.get(LIMIT).await.text;
    let disguised = client.with("x-http-method-override", "PATCH").with("x-method-override", "DELETE");
    assert_eq!(disguised.send(Method::GET, LIMIT, r#"{"SetPoint":5000}"#).await.status, StatusCode::OK);
    assert_eq!(
        disguised.send(Method::POST, LIMIT, r#"{"SetPoint":5000}"#).await.status,
        StatusCode::METHOD_NOT_ALLOWED
    );
    assert_eq!(client.get(LIMIT).await.text, before);
}

#[tokio::test]
async fn a_session_cannot_be_chosen_guessed_or_kept() {
    let client = service().anonymous();
    let login = json!({"UserName": ADMIN, "Password": password(ADMIN)}).to_string();
    // The token that somebody brings to the login is not the one of the session.
    let chosen = "0".repeat(64);
    let first = client.with("x-auth-token", &chosen).send(Method::POST, SESSIONS, login.clone()).await;
    assert_eq!(first.status, StatusCode::CREATED);
    let token = first.header("x-auth-token").to_owned();
    assert_ne!(token, chosen);
    assert_eq!(
        client.with("x-auth-token", &chosen).get("/redfish/v1/Chassis").await.status,
        StatusCode::UNAUTHORIZED
    );
    let second = client.send(Method::POST, SESSIONS, login).await;
    assert_ne!(second.header("x-auth-token"), token, "a new login is a new token");
    // Neither near it, nor its number, nor in another place.
    let near = format!("{}{}", &token[..63], if token.ends_with('0') { '1' } else { '0' });
    for wrong in [
        near.as_str(),
        &token.to_uppercase(),
        &token[..63],
        "1",
        &format!("{token} "),
        &format!("{token},{token}"),
    ] {
        if *wrong == token || wrong.trim() == token {
            continue;
        }
        assert_eq!(
            client.with("x-auth-token", wrong).get("/redfish/v1/Chassis").await.status,
            StatusCode::UNAUTHORIZED,
            "{wrong}"
        );
    }
    assert_eq!(
        client.get(&format!("/redfish/v1/Chassis?X-Auth-Token={token}")).await.status,
        StatusCode::UNAUTHORIZED
    );
    let cookie = client.with("cookie", &format!("X-Auth-Token={token}"));
    assert_eq!(
        cookie.get("/redfish/v1/Chassis").await.status,
        StatusCode::UNAUTHORIZED,
        "no cookie opens anything"
    );
}

#[tokio::test]
async fn a_page_elsewhere_cannot_make_a_browser_write() {
    let client = service();
    // Nothing is known by a cookie, no answer allows another origin, and what a form can send is not taken.
    let page = client.with("origin", "https://elsewhere.example");
    for uri in ["/redfish/v1/", LIMIT, "/", "/docs/", "/metrics"] {
        let answer = page.get(uri).await;
        for header in ["access-control-allow-origin", "access-control-allow-credentials", "set-cookie"] {
            assert_eq!(answer.header(header), "", "{uri} {header}");
        }
    }
    assert_eq!(
        page.send(Method::OPTIONS, LIMIT, "").await.status,
        StatusCode::METHOD_NOT_ALLOWED,
        "no preflight"
    );
    for media in ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"] {
        let form = page.with("content-type", media);
        assert_eq!(
            form.patch(LIMIT, r#"{"SetPoint":5000}"#).await.status,
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "{media}"
        );
        let login = json!({"UserName": ADMIN, "Password": password(ADMIN)}).to_string();
        assert_eq!(form.send(Method::POST, SESSIONS, login).await.status, StatusCode::UNSUPPORTED_MEDIA_TYPE);
    }
    assert_eq!(client.get(LIMIT).await.json()["SetPoint"], Value::Null);
}

#[tokio::test]
async fn bodies_that_are_too_large_too_deep_or_too_many_are_refused() {
    let client = service();
    let deep = format!("{{\"SetPoint\":{}1{}}}", "[".repeat(20_000), "]".repeat(20_000));
    let wide = format!("{{{}}}", (0..3000).map(|n| format!("\"p{n}\":0")).collect::<Vec<_>>().join(","));
    let long = format!("{{\"SetPoint\":\"{}\"}}", "x".repeat(70_000));
    for (body, status) in [
        (deep, StatusCode::BAD_REQUEST),
        (wide, StatusCode::BAD_REQUEST),
        (long, StatusCode::PAYLOAD_TOO_LARGE),
        ("{\"SetPoint\":1e400}".to_owned(), StatusCode::BAD_REQUEST),
        ("{\"SetPoint\":-0.0000000000000001e-400}".to_owned(), StatusCode::BAD_REQUEST),
        ("{\"SetPoint\":5000,\"SetPoint\":6000}".to_owned(), StatusCode::BAD_REQUEST),
        ("{\"SetPoint\":5000}{\"SetPoint\":6000}".to_owned(), StatusCode::BAD_REQUEST),
        ("{\"SetPoint\":\"\\ud800\"}".to_owned(), StatusCode::BAD_REQUEST),
        ("{\"__proto__\":{\"SetPoint\":5000}}".to_owned(), StatusCode::BAD_REQUEST),
        ("{\"setpoint\":5000}".to_owned(), StatusCode::BAD_REQUEST),
    ] {
        let answer = client.patch(LIMIT, body.clone()).await;
        assert_eq!(answer.status, status, "{:.60}: {:.200}", body, answer.text);
    }
    let bytes: Vec<u8> = [b"{\"SetPoint\":\"".as_slice(), &[0xFF, 0xFE], b"\"}"].concat();
    assert_eq!(client.patch(LIMIT, bytes).await.status, StatusCode::BAD_REQUEST);
    assert_eq!(client.get(LIMIT).await.json()["SetPoint"], Value::Null, "nothing of these was taken");
}

#[tokio::test]
async fn no_query_takes_long() {
    let client = service();
    let sensors = "/redfish/v1/Chassis/PowerShelf/Sensors";
    let nested = format!("$filter={}Reading eq 1{}", "(".repeat(3000), ")".repeat(3000));
    let negated = format!("$filter={}Reading eq 1", "not ".repeat(5000));
    let joined = format!("$filter={}", vec!["Reading eq 1"; 3000].join(" or "));
    let path = format!("$filter={} eq 1", vec!["a"; 3000].join("/"));
    let text = format!("$filter=Name eq '{}'", "a".repeat(20_000));
    let selected = format!("$select={}", vec!["a/b/c"; 3000].join(","));
    for query in [
        nested,
        negated,
        joined,
        path,
        text,
        selected,
        "$top=99999999999999999999".to_owned(),
        "$expand=.($levels=255)".to_owned(),
    ] {
        let uri = format!("{sensors}?{}", query.replace(' ', "%20"));
        let Ok(request) = Request::builder().uri(&uri).body(Body::empty()) else {
            continue;
        };
        assert!(request.uri().query().is_some());
        let answer = client.get(&uri).await;
        assert!(matches!(answer.status.as_u16(), 200 | 400 | 414), "{:.60}: {}", query, answer.status);
    }
    // An expansion is bounded however often it is asked for.
    let twice = client.get("/redfish/v1/?$expand=.($levels=2)&$expand=.($levels=2)").await;
    assert!(twice.status == StatusCode::OK || twice.status == StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn lower_roles_cannot_write_their_way_up() {
    let client = service();
    for user in [OPERATOR, VIEWER] {
        let user = client.anonymous().as_user(user);
        for (method, uri, body) in [
            (
                Method::PATCH,
                "/redfish/v1/AccountService/Roles/ReadOnly",
                r#"{"AssignedPrivileges":["ConfigureManager"]}"#,
            ),
            (Method::PATCH, "/redfish/v1/AccountService/PrivilegeMap", "{}"),
            (Method::POST, ACCOUNTS, r#"{"UserName":"x","Password":"long-enough","RoleId":"Administrator"}"#),
            (Method::POST, "/redfish/v1/AccountService/Accounts/Members", "{}"),
            (Method::PATCH, "/redfish/v1/AccountService/Accounts/admin", r#"{"Password":"stolen-one"}"#),
            (Method::DELETE, "/redfish/v1/AccountService/Accounts/admin", ""),
            (Method::GET, "/redfish/v1/Managers/Gateway/NetworkProtocol/HTTPS/Certificates", ""),
            (Method::POST, "/redfish/v1/CertificateService/Actions/CertificateService.GenerateCSR", "{}"),
            (
                Method::POST,
                "/redfish/v1/CertificateService/Actions/CertificateService.ReplaceCertificate",
                "{}",
            ),
            (Method::POST, "/redfish/v1/Managers/Gateway/Actions/Manager.Reset", "{}"),
            (
                Method::POST,
                "/redfish/v1/Managers/Gateway/LogServices/Events/Actions/LogService.ClearLog",
                "{}",
            ),
        ] {
            let answer = user.send(method.clone(), uri, body).await;
            assert!(matches!(answer.status.as_u16(), 403..=405), "{method} {uri}: {}", answer.status);
            // Nor as a task: who asks stays who asks.
            let later = user.with("prefer", "respond-async").send(method.clone(), uri, body).await;
            if later.status == StatusCode::ACCEPTED {
                let monitor = later.header("location").to_owned();
                let mut done = user.get(&monitor).await;
                while done.status == StatusCode::ACCEPTED {
                    tokio::time::sleep(Duration::from_millis(2)).await;
                    done = user.get(&monitor).await;
                }
                assert_eq!(done.status, answer.status, "{method} {uri}");
            }
        }
        // An expansion shows nothing that a direct read does not.
        let expanded = user.get("/redfish/v1/Managers/Gateway/NetworkProtocol?$expand=.($levels=2)").await;
        assert!(!expanded.text.contains("BEGIN CERTIFICATE"), "{}", expanded.text);
        let accounts = user.get(&format!("{ACCOUNTS}?$expand=.")).await.json();
        let shown =
            accounts["Members"].as_array().unwrap().iter().filter(|m| m["UserName"].is_string()).count();
        assert_eq!(shown, 1, "one's own: {accounts}");
    }
    assert_eq!(client.get(ACCOUNTS).await.json()["Members@odata.count"], 3);
}

/// What the server answers to raw bytes until it closes the connection or says nothing more for a while.
async fn raw(bytes: &[u8]) -> String {
    let config = RedfishConfig {
        transport: Transport::InsecureHttp,
        header_timeout: Duration::from_secs(1),
        ..config()
    };
    let (address, stop, server) = start(config).await;
    let mut socket = TcpStream::connect(address).await.unwrap();
    // The server may close before it has read everything.
    let _ = socket.write_all(bytes).await;
    let mut answer = Vec::new();
    let _ = socket.read_to_end(&mut answer).await;
    stop.cancel();
    server.await.unwrap().unwrap();
    String::from_utf8_lossy(&answer).into_owned()
}

#[tokio::test]
async fn a_request_cannot_be_hidden_in_another_one() {
    let hidden = "GET /redfish/v1/odata HTTP/1.1\r\nHost: x\r\n\r\n";
    for head in [
        // Two lengths, a length and chunks, a length with a sign, chunks under another name, a folded header.
        format!("Content-Length: 0\r\nContent-Length: {}\r\n", hidden.len()),
        format!("Content-Length: {}\r\nTransfer-Encoding: chunked\r\n", hidden.len()),
        format!("Content-Length: +{}\r\n", hidden.len()),
        "Transfer-Encoding: xchunked\r\n".to_owned(),
        "Transfer-Encoding: chunked, identity\r\n".to_owned(),
        "X-Folded: a\r\n Content-Length: 0\r\n".to_owned(),
        "Content-Length : 0\r\n".to_owned(),
    ] {
        let request = format!("POST {SESSIONS} HTTP/1.1\r\nHost: x\r\n{head}\r\n{hidden}");
        let answer = raw(request.as_bytes()).await;
        assert!(!answer.contains("@odata.context"), "{head:?} carried a second request: {answer}");
    }
    // A path or a header with a line break in it is no request.
    let split = raw(b"GET /redfish/v1/\r\nX-Auth-Token: 1 HTTP/1.1\r\nHost: x\r\n\r\n").await;
    assert!(split.starts_with("HTTP/1.1 400"), "{split}");
    let response = raw(
        b"GET /redfish/v1/Chassis%0d%0aSet-Cookie:%20a=b HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
    )
    .await;
    assert!(!response.to_lowercase().contains("set-cookie: "), "{response}");
}

#[tokio::test]
async fn heads_without_end_are_cut_off() {
    let long = format!("GET /redfish HTTP/1.1\r\nHost: x\r\nX-Long: {}\r\n\r\n", "x".repeat(200_000));
    let many = format!("GET /redfish HTTP/1.1\r\nHost: x\r\n{}\r\n", "X-Many: 1\r\n".repeat(5000));
    let path = format!("GET /{} HTTP/1.1\r\nHost: x\r\n\r\n", "x".repeat(200_000));
    for request in [long, many, path] {
        let answer = raw(request.as_bytes()).await;
        assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 4"), "{answer:.200}");
    }
}
