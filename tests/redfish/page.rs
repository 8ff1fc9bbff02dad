//! The files of the page for operators.

use std::collections::BTreeSet;

use axum::http::{Method, StatusCode};

use crate::client::{Client, service};

/// Largest sum of all files, in bytes: the page is to load at once over a slow line.
const LARGEST: usize = 60_000;

/// The files that a file names.
fn named(text: &str) -> BTreeSet<String> {
    let parts = text.split(['"', '\'']);
    let own = |part: &str| match part.strip_prefix("./") {
        Some(name) if name.ends_with(".js") => Some(format!("/page/{name}")),
        _ => part.starts_with("/page/").then(|| part.to_owned()),
    };
    parts.filter_map(own).collect()
}

/// The page and all it loads, by path.
async fn files(client: &Client) -> Vec<(String, crate::client::Answer)> {
    let (mut found, mut open, mut seen) = (Vec::new(), vec!["/".to_owned()], BTreeSet::new());
    while let Some(path) = open.pop() {
        if !seen.insert(path.clone()) {
            continue;
        }
        let answer = client.get(&path).await;
        assert_eq!(answer.status, StatusCode::OK, "{path}");
        open.extend(named(&answer.text));
        found.push((path, answer));
    }
    found
}

#[tokio::test]
async fn everything_the_page_loads_is_here_small_typed_and_guarded() {
    let client = service().anonymous();
    let files = files(&client).await;
    assert!(files.len() > 5, "{} files", files.len());
    let size: usize = files.iter().map(|(_, answer)| answer.text.len()).sum();
    assert!(size < LARGEST, "{size} bytes");
    for (path, answer) in &files {
        let media = match path.rsplit('.').next().unwrap() {
            "js" => "text/javascript;charset=utf-8",
            "css" => "text/css;charset=utf-8",
            "svg" => "image/svg+xml",
            _ => "text/html;charset=utf-8",
        };
        assert_eq!(answer.header("content-type"), media, "{path}");
        let policy = answer.header("content-security-policy");
        for part in ["default-src 'self'", "frame-ancestors 'none'", "form-action 'none'", "base-uri 'none'"]
        {
            assert!(policy.contains(part), "{path}: {policy}");
        }
        assert!(!policy.contains("unsafe"), "{path}: {policy}");
        assert_eq!(answer.header("x-content-type-options"), "nosniff", "{path}");
        // No other server, but for the name of the format of pictures.
        let text = answer.text.replace("http://www.w3.org/2000/svg", "");
        assert!(!text.contains("http:") && !text.contains("https:") && !text.contains("\"//"), "{path}");
        // Nothing that the policy would stop, and nothing that takes text of the wire for markup.
        for word in
            ["innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", " style=", "onclick="]
        {
            assert!(!text.contains(word), "{path}: {word}");
        }
    }
}

#[tokio::test]
async fn the_page_is_read_only_and_not_sent_twice() {
    let client = service().anonymous();
    let page = client.get("/").await;
    let head = client.send(Method::HEAD, "/", "").await;
    assert_eq!((head.status, head.text.as_str()), (StatusCode::OK, ""));
    assert_eq!(head.header("content-length"), page.text.len().to_string());
    assert_eq!(page.header("cache-control"), "no-cache");
    let same = client.with("if-none-match", page.header("etag")).get("/").await;
    assert_eq!((same.status, same.text.as_str()), (StatusCode::NOT_MODIFIED, ""));
    assert!(!same.header("content-security-policy").is_empty());
    assert_ne!(page.header("etag"), client.get("/page/style.css").await.header("etag"));
    for path in ["/", "/page/main.js"] {
        for method in [Method::POST, Method::PUT, Method::PATCH, Method::DELETE] {
            let answer = client.send(method, path, "{}").await;
            assert_eq!(answer.status, StatusCode::METHOD_NOT_ALLOWED, "{path}");
            assert_eq!(answer.header("allow"), "GET,HEAD", "{path}");
        }
    }
}

#[tokio::test]
async fn a_file_that_is_not_there_is_said_so_without_a_login() {
    let client = service().anonymous();
    for path in ["/page/other.js", "/page/../main.js", "/page/js/main.js", "/page/%2e%2e/x"] {
        let answer = client.get(path).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{path}");
        assert!(!answer.header("content-security-policy").is_empty(), "{path}");
    }
    // What is below Redfish stays behind the login.
    assert_eq!(client.get("/redfish/v1/Managers/Gateway").await.status, StatusCode::UNAUTHORIZED);
}
