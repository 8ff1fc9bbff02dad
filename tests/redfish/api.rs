//! The OpenAPI document and its pages.

use axum::http::StatusCode;
use dpo_gateway::redfish::openapi_json;
use serde_json::Value;

use crate::client::service;

/// `UPDATE_OPENAPI=1 cargo test --test redfish` writes the file anew.
#[test]
fn the_file_equals_what_the_service_emits() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/openapi/gateway.json");
    let emitted = openapi_json().unwrap();
    if std::env::var_os("UPDATE_OPENAPI").is_some() {
        std::fs::write(path, &emitted).unwrap();
    }
    let kept = std::fs::read_to_string(path).unwrap();
    assert!(
        kept == emitted,
        "openapi/gateway.json is not what the service emits: run UPDATE_OPENAPI=1 cargo test --test redfish"
    );
}

#[test]
fn every_operation_is_described_in_full() {
    let api: Value = serde_json::from_str(&openapi_json().unwrap()).unwrap();
    assert_eq!(api["openapi"], "3.1.0");
    let schemas = api["components"]["schemas"].as_object().unwrap();
    let mut operations = 0;
    for (path, item) in api["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let place = format!("{method} {path}");
            operations += 1;
            assert!(operation["summary"].as_str().is_some_and(|s| !s.is_empty()), "{place}");
            let responses = operation["responses"].as_object().unwrap();
            let (status, good) = responses.iter().find(|(status, _)| status.starts_with('2')).expect(&place);
            assert!(good["headers"]["Allow"].is_object(), "{place}");
            assert!(good["content"].is_object() || status == "204", "{place}");
            for (status, response) in responses.iter().filter(|(s, _)| s.starts_with(['4', '5'])) {
                // What a probe reads is a line of text.
                if path == "/readyz" && status == "503" {
                    assert!(response["content"]["text/plain"].is_object(), "{place} {status}");
                    continue;
                }
                let schema = &response["content"]["application/json"]["schema"]["$ref"];
                assert_eq!(schema, "#/components/schemas/ErrorBody", "{place} {status}");
            }
            let open = operation["security"]
                .as_array()
                .is_some_and(|s| s.iter().any(|s| s == &serde_json::json!({})));
            assert_eq!(open, !responses.contains_key("403"), "{place}");
        }
    }
    assert!(operations >= 38, "{operations} operations");
    // Every schema that is named exists.
    let text = api.to_string();
    for name in text.split("#/components/schemas/").skip(1).map(|t| t.split('"').next().unwrap()) {
        assert!(schemas.contains_key(name), "{name}");
    }
    assert_eq!(api["components"]["securitySchemes"].as_object().unwrap().len(), 2);
}

/// The path of the document that a URI belongs to; one without parameters counts before one with.
fn path_of<'a>(paths: &'a serde_json::Map<String, Value>, uri: &str) -> &'a str {
    let uri = uri.trim_end_matches('/');
    let fits = |path: &str| {
        let (path, uri): (Vec<_>, Vec<_>) = (path.split('/').collect(), uri.split('/').collect());
        path.len() == uri.len() && path.iter().zip(uri).all(|(p, u)| p.starts_with('{') || *p == u)
    };
    let mut found: Vec<_> = paths.keys().filter(|path| fits(path)).collect();
    found.sort_by_key(|path| path.matches('{').count());
    found.first().unwrap_or_else(|| panic!("{uri} is not in the document"))
}

#[tokio::test]
async fn every_resource_is_what_the_document_says() {
    let client = service();
    let api: Value = serde_json::from_str(&openapi_json().unwrap()).unwrap();
    let paths = api["paths"].as_object().unwrap();
    let mut checked = std::collections::BTreeSet::new();
    for (uri, body) in crate::tree::crawl(&client).await {
        let path = path_of(paths, &uri);
        let content = &paths[path]["get"]["responses"]["200"]["content"]["application/json"]["schema"];
        let schema = serde_json::json!({"$ref": content["$ref"], "components": api["components"]});
        let validator = jsonschema::validator_for(&schema).unwrap();
        let faults: Vec<_> =
            validator.iter_errors(&body).map(|e| format!("{}: {e}", e.instance_path())).collect();
        assert!(faults.is_empty(), "{uri} against {path}: {faults:?}");
        checked.insert(path.to_owned());
    }
    assert!(checked.len() > 50, "{checked:?}");
}

#[tokio::test]
async fn the_pages_work_without_login_and_without_a_network() {
    let client = service().anonymous();
    let page = client.get("/docs/").await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(!page.text.contains("http://") && !page.text.contains("https://"), "{}", page.text);
    for part in page.text.split(['"', '\'']).filter(|p| p.ends_with(".js") || p.ends_with(".css")) {
        assert_eq!(
            client.get(&format!("/docs/{}", part.trim_start_matches("./"))).await.status,
            StatusCode::OK,
            "{part}"
        );
    }
    assert!(client.get("/docs/swagger-initializer.js").await.text.contains("/openapi.json"));
    let document = client.get("/openapi.json").await.json();
    assert_eq!(document, serde_json::from_str::<Value>(&openapi_json().unwrap()).unwrap());
    let yaml = client.with("accept", "application/yaml").get("/redfish/v1/openapi.yaml").await;
    assert_eq!((yaml.status, yaml.json()), (StatusCode::OK, document));
}
