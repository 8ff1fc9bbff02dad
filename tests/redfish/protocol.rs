//! HTTP as DSP0266 asks for it: methods, headers, conditions, query options.

use axum::http::{Method, StatusCode};
use serde_json::Value;

use crate::client::service;

const SENSORS: &str = "/redfish/v1/Chassis/PowerShelf/Sensors";

#[tokio::test]
async fn methods_that_a_resource_does_not_take_are_refused_with_those_it_takes() {
    let client = service();
    for (method, uri, allow) in [
        (Method::PATCH, "/redfish/v1/", "GET, HEAD"),
        (Method::DELETE, "/redfish/v1", "GET, HEAD"),
        (Method::POST, SENSORS, "GET, HEAD"),
        (Method::PUT, "/redfish/v1/SessionService/Sessions", "GET, HEAD, POST"),
        (Method::DELETE, "/redfish/v1/Chassis/PowerShelf/Controls/ShelfPowerLimit", "GET, HEAD, PATCH"),
    ] {
        // Before any condition: a stale tag does not turn it into 412.
        let answer = client.with("if-match", "\"x\"").send(method.clone(), uri, "{}").await;
        assert_eq!(
            (answer.status, answer.header("allow")),
            (StatusCode::METHOD_NOT_ALLOWED, allow),
            "{method} {uri}"
        );
        assert_eq!(answer.messages(), ["OperationNotAllowed"]);
    }
}

#[tokio::test]
async fn reads_carry_the_headers_of_the_protocol() {
    let client = service();
    for (uri, link) in [
        ("/redfish/v1/", "<http://redfish.dmtf.org/schemas/v1/ServiceRoot.v1_20_0.json>; rel=describedby"),
        (SENSORS, "<http://redfish.dmtf.org/schemas/v1/SensorCollection.json>; rel=describedby"),
    ] {
        let get = client.get(uri).await;
        let head = client.send(Method::HEAD, uri, "").await;
        assert_eq!(head.text, "");
        assert_eq!(head.header("content-length"), get.text.len().to_string());
        for answer in [&get, &head] {
            assert_eq!(answer.status, StatusCode::OK);
            assert_eq!(answer.header("odata-version"), "4.0");
            assert_eq!(answer.header("cache-control"), "no-cache");
            assert_eq!(answer.header("allow"), "GET, HEAD");
            assert_eq!(answer.header("link"), link);
            assert_eq!(answer.header("content-type"), "application/json;charset=utf-8");
            assert_eq!(answer.header("etag"), get.json()["@odata.etag"].as_str().unwrap());
        }
    }
    assert_eq!(client.get("/redfish").await.text, r#"{"v1":"/redfish/v1/"}"#);
    let metadata = client.get("/redfish/v1/$metadata").await;
    assert_eq!(metadata.header("content-type"), "application/xml;charset=utf-8");
    assert!(
        metadata
            .text
            .contains("<EntityContainer Name=\"Service\" Extends=\"ServiceRoot.v1_20_0.ServiceContainer\"/>")
    );
}

#[tokio::test]
async fn a_trailing_slash_makes_no_difference() {
    let client = service();
    for uri in
        ["/redfish", "/redfish/v1", "/redfish/v1/Chassis", "/redfish/v1/Chassis/PowerShelf/Sensors/PSU1Fan1"]
    {
        let (plain, slash) = (client.get(uri).await, client.get(&format!("{uri}/")).await);
        assert_eq!(plain.status, StatusCode::OK, "{uri}");
        assert_eq!(plain.text, slash.text, "{uri}");
    }
}

#[tokio::test]
async fn an_unchanged_resource_is_not_sent_again() {
    let client = service();
    let uri = "/redfish/v1/AccountService/Accounts/admin";
    let first = client.get(uri).await;
    let same = client.with("if-none-match", first.header("etag")).get(uri).await;
    assert_eq!((same.status, same.text.as_str()), (StatusCode::NOT_MODIFIED, ""));
    assert_eq!(same.header("etag"), first.header("etag"));
    let other = client.with("if-none-match", "\"0\"").get(uri).await;
    assert_eq!((other.status, other.text.as_str()), (StatusCode::OK, first.text.as_str()));
}

#[tokio::test]
async fn versions_and_media_types_that_are_not_offered_are_refused() {
    let client = service();
    for uri in ["/redfish/v1/", SENSORS] {
        assert_eq!(client.with("odata-version", "4.0").get(uri).await.status, StatusCode::OK);
        assert_eq!(
            client.with("odata-version", "4.1").get(uri).await.status,
            StatusCode::PRECONDITION_FAILED
        );
        for good in ["*/*", "application/json;charset=utf-8", "text/html, application/*;q=0.5"] {
            assert_eq!(client.with("accept", good).get(uri).await.status, StatusCode::OK, "{good}");
        }
        for bad in ["text/html", "application/xml", "application/json;q=0"] {
            assert_eq!(client.with("accept", bad).get(uri).await.status, StatusCode::NOT_ACCEPTABLE, "{bad}");
        }
    }
    assert_eq!(
        client.with("accept", "application/xml").get("/redfish/v1/$metadata").await.status,
        StatusCode::OK
    );
}

#[tokio::test]
async fn query_options_do_what_the_service_root_claims() {
    let client = service();
    let claims = client.get("/redfish/v1/").await.json()["ProtocolFeaturesSupported"].clone();
    assert_eq!(claims["ExpandQuery"]["NoLinks"], true);
    assert_eq!(claims["ExpandQuery"]["MaxLevels"], 2);
    assert_eq!(claims["OnlyMemberQuery"], true);
    assert_eq!(claims["TopSkipQuery"], true);

    assert_eq!(claims["ExcerptQuery"], true);
    let whole = client.get(&format!("{SENSORS}/PSU1InputPower")).await;
    let excerpt = client.get(&format!("{SENSORS}/PSU1InputPower?excerpt")).await;
    let selected = client.get(&format!("{SENSORS}/PSU1InputPower?$select=Reading")).await;
    for part in [&excerpt, &selected] {
        assert_eq!(part.json()["Reading"], whole.json()["Reading"]);
        assert_eq!(part.json()["Name"], Value::Null);
        assert_eq!(
            (part.header("etag"), &part.json()["@odata.etag"]),
            (whole.header("etag"), &whole.json()["@odata.etag"])
        );
    }
    assert_eq!(
        (&excerpt.json()["PowerFactor"], &selected.json()["PowerFactor"]),
        (&whole.json()["PowerFactor"], &Value::Null)
    );
    let all = client.get(&format!("{SENSORS}?$expand=.&excerpt")).await.json();
    assert!(
        all["Members"]
            .as_array()
            .unwrap()
            .iter()
            .all(|m| m["ReadingType"].is_null() && m["@odata.id"].is_string())
    );
    let shelf = client.get("/redfish/v1/Chassis/PowerShelf").await.json();
    assert_eq!(client.get("/redfish/v1/Chassis/PowerShelf?excerpt").await.json(), shelf, "it has no excerpt");
    let only = client.get("/redfish/v1/Chassis?only").await;
    assert_eq!((only.json(), only.header("etag")), (shelf.clone(), shelf["@odata.etag"].as_str().unwrap()));

    let plain = client.get(SENSORS).await.json();
    let expanded = client.get(&format!("{SENSORS}?$expand=.")).await.json();
    assert_eq!(expanded["Members@odata.count"], plain["Members@odata.count"]);
    for (reference, member) in
        plain["Members"].as_array().unwrap().iter().zip(expanded["Members"].as_array().unwrap())
    {
        let own = client.get(reference["@odata.id"].as_str().unwrap()).await.json();
        assert_eq!(*member, own);
    }
    let subsystem = "/redfish/v1/Chassis/PowerShelf/PowerSubsystem?$expand=.($levels=2)";
    let deep = client.get(subsystem).await.json();
    assert_eq!(deep["PowerSupplies"]["Members"][0]["Id"], "PSU1");
    assert_eq!(
        deep["PowerSupplies"]["Members"][0]["Metrics"].as_object().unwrap().len(),
        1,
        "level 3 stays a reference"
    );

    let only = client.get("/redfish/v1/Chassis?only").await;
    assert_eq!(only.json()["Id"], "PowerShelf");
    assert_eq!(only.header("etag"), only.json()["@odata.etag"].as_str().unwrap());
    assert_eq!(client.get(&format!("{SENSORS}?only")).await.json(), plain, "several members: the collection");

    let page = client.get(&format!("{SENSORS}?$skip=1&$top=2")).await.json();
    assert_eq!(page["Members"].as_array().unwrap()[..], plain["Members"].as_array().unwrap()[1..3]);
    assert_eq!(page["Members@odata.count"], plain["Members@odata.count"]);
    assert_eq!(page["Members@odata.nextLink"], format!("{SENSORS}?$skip=3&$top=2"));
    let end = client.get(&format!("{SENSORS}?$skip=1000000&$top=2")).await.json();
    assert_eq!((&end["Members"], &end["Members@odata.nextLink"]), (&Value::Array(vec![]), &Value::Null));

    for (uri, status) in [
        ("/redfish/v1/?foo=bar", StatusCode::OK),
        ("/redfish/v1/?only", StatusCode::BAD_REQUEST),
        ("/redfish/v1/Chassis?only=foo", StatusCode::BAD_REQUEST),
        ("/redfish/v1/Chassis?excerpt=foo", StatusCode::BAD_REQUEST),
        ("/redfish/v1/Chassis?$expand=~", StatusCode::BAD_REQUEST),
        ("/redfish/v1/Chassis?$top=x", StatusCode::BAD_REQUEST),
        ("/redfish/v1/Chassis?$filter=x", StatusCode::BAD_REQUEST),
        ("/redfish/v1/Chassis/PowerShelf?$filter=Id%20eq%20%27x%27", StatusCode::BAD_REQUEST),
        ("/redfish/v1/Chassis?$select=,", StatusCode::BAD_REQUEST),
        ("/redfish/v1/?$unknown", StatusCode::NOT_IMPLEMENTED),
    ] {
        assert_eq!(client.get(uri).await.status, status, "{uri}");
    }
}

#[tokio::test]
async fn what_is_not_there_is_said_in_redfish() {
    let client = service();
    for uri in [
        "/redfish/v1/Systems",
        "/redfish/v2",
        "/redfish/v1/Chassis/PowerShelf/Sensors/PSU9Fan1",
        "/redfish/v1/Chassis/PowerShelf/PowerSubsystem/PowerSupplies/PSU07",
        "/redfish/v1/Chassis/%2e%2e/x",
    ] {
        let answer = client.get(uri).await;
        assert_eq!(
            (answer.status, answer.messages()),
            (StatusCode::NOT_FOUND, vec!["ResourceMissingAtURI".to_owned()]),
            "{uri}"
        );
    }
}

#[tokio::test]
async fn filter_and_select_answer_what_was_asked_for() {
    let client = service();
    let volts = "$filter=ReadingUnits%20eq%20%27V%27%20and%20Reading%20gt%2050";
    let found = client.get(&format!("{SENSORS}?{volts}&$expand=.&$select=Members/Reading")).await.json();
    let members = found["Members"].as_array().unwrap();
    assert!(!members.is_empty());
    assert_eq!(found["Members@odata.count"], members.len());
    for member in members {
        assert!(member["Reading"].as_f64().unwrap() > 50.0, "{member}");
    }
    // The next page is one of the filtered ones.
    let page = client.get(&format!("{SENSORS}?{volts}&$top=1")).await.json();
    assert_eq!(page["Members@odata.count"], members.len());
    let next = page["Members@odata.nextLink"].as_str().unwrap();
    let second = client.get(next).await.json();
    assert_eq!(second["Members"][0]["@odata.id"], members[1]["@odata.id"]);
    // The log has its members in full.
    tokio::task::yield_now().await;
    let log = "/redfish/v1/Managers/Gateway/LogServices/Events/Entries";
    let critical = client.get(&format!("{log}?$filter=Severity%20eq%20%27Critical%27")).await.json();
    assert_eq!(critical["Members@odata.count"], 1);
    let shelf = client.get("/redfish/v1/Chassis/PowerShelf?$select=Status/State,Name").await.json();
    let names: Vec<_> = shelf.as_object().unwrap().keys().filter(|k| !k.starts_with('@')).cloned().collect();
    assert_eq!(names, ["Name", "Status"]);
    assert_eq!(shelf["Status"].as_object().unwrap().len(), 1);
}
