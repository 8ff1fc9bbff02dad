//! Metric reports: the readings of the newest snapshot in one resource (`TelemetryService.v1_4_1`). Streams carry
//! them, too (`event`).

use axum::extract::Path;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::app::{App, Context};
use super::error::Error;
use super::quantity::{self, Quantity};
use super::resource::{Answer, Collection, Head, Link, Resource, collection, link};
use super::status::Status;
use super::time::{iso8601, rfc3339};
use super::{schema, uri};
use crate::gateway::Snapshot;

pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(service))
        .routes(routes!(definitions))
        .routes(routes!(definition))
        .routes(routes!(reports))
        .routes(routes!(report))
}

/// The metric reports of this service.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Report {
    /// Sums over the shelf.
    Shelf,
    /// Everything, each device by itself.
    All,
}

impl Report {
    pub(crate) const BOTH: [Self; 2] = [Self::Shelf, Self::All];

    /// Identifier, the last segment of its URI.
    pub(crate) fn id(self) -> &'static str {
        match self {
            Self::Shelf => "Shelf",
            Self::All => "All",
        }
    }

    /// URI of its definition.
    pub(crate) fn definition(self) -> String {
        format!("{}/{}", uri::METRIC_DEFINITIONS, self.id())
    }

    fn name(self) -> &'static str {
        match self {
            Self::Shelf => "Sums over the shelf",
            Self::All => "Every sensor",
        }
    }

    fn quantities(self, snapshot: &Snapshot) -> Vec<Quantity> {
        match self {
            Self::Shelf => quantity::shelf(snapshot),
            Self::All => quantity::all(snapshot),
        }
    }

    fn find(id: &str) -> Result<Self, Error> {
        Self::BOTH.into_iter().find(|report| report.id() == id).ok_or(Error::NotFound)
    }

    /// The report of a snapshot. A quantity without a reading is left out: a metric value is a text, and has no null.
    pub(crate) fn of(self, snapshot: &Snapshot) -> MetricReport {
        let values = self.quantities(snapshot).into_iter().filter_map(|q| {
            Some(MetricValue {
                metric_value: q.reading?.to_string(),
                timestamp: rfc3339(q.time.unwrap_or(snapshot.time)),
                metric_property: format!("{}/{}#/Reading", uri::SENSORS, q.id),
                metric_id: q.id,
            })
        });
        let at = format!("{}/{}", uri::METRIC_REPORTS, self.id());
        MetricReport {
            head: Head::new(&schema::METRIC_REPORT, &at, self.name()),
            timestamp: rfc3339(snapshot.time),
            metric_report_definition: link(self.definition()),
            metric_values: values.collect(),
        }
    }
}

/// The telemetry service.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "PascalCase")]
struct TelemetryService {
    #[serde(flatten)]
    head: Head,
    service_enabled: bool,
    status: Status,
    max_reports: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    min_collection_interval: Option<String>,
    metric_report_definitions: Link,
    metric_reports: Link,
    triggers: Link,
}

/// What is in a metric report, and when it is made.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "PascalCase")]
struct MetricReportDefinition {
    #[serde(flatten)]
    head: Head,
    metric_report_definition_type: &'static str,
    metric_report_definition_enabled: bool,
    report_actions: [&'static str; 2],
    report_updates: &'static str,
    /// The readings in it, as properties of the sensors.
    metric_properties: Vec<String>,
    metric_report: Link,
    status: Status,
}

/// Readings of one instant.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct MetricReport {
    #[serde(flatten)]
    head: Head,
    timestamp: String,
    metric_report_definition: Link,
    metric_values: Vec<MetricValue>,
}

/// One reading.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "PascalCase")]
struct MetricValue {
    /// Identifier of the sensor.
    metric_id: String,
    /// The reading, in the unit of the sensor.
    metric_value: String,
    /// When the device was read.
    timestamp: String,
    /// Where the reading is.
    metric_property: String,
}

/// The telemetry service.
#[utoipa::path(
    get,
    path = "/redfish/v1/TelemetryService",
    tag = "Telemetry",
    responses((status = 200, description = "The telemetry service.", body = TelemetryService))
)]
async fn service(context: Context) -> Answer {
    Resource::new(
        &schema::TELEMETRY_SERVICE,
        &TelemetryService {
            head: Head::new(&schema::TELEMETRY_SERVICE, uri::TELEMETRY, "Telemetry service"),
            service_enabled: true,
            status: Status::ok(),
            max_reports: Report::BOTH.len(),
            min_collection_interval: context.app.poll_interval.map(iso8601),
            metric_report_definitions: link(uri::METRIC_DEFINITIONS),
            metric_reports: link(uri::METRIC_REPORTS),
            triggers: link(uri::TRIGGERS),
        },
    )
}

/// What is reported.
#[utoipa::path(
    get,
    path = "/redfish/v1/TelemetryService/MetricReportDefinitions",
    tag = "Telemetry",
    responses((status = 200, description = "The definitions.", body = Collection))
)]
async fn definitions() -> Answer {
    let ids = Report::BOTH.map(|report| report.id().to_owned());
    collection(&schema::METRIC_DEFINITIONS, uri::METRIC_DEFINITIONS, "Metric report definitions", ids)
}

/// One definition.
#[utoipa::path(
    get,
    path = "/redfish/v1/TelemetryService/MetricReportDefinitions/{report}",
    tag = "Telemetry",
    params(("report" = String, Path, description = "Identifier.", example = "Shelf")),
    responses((status = 200, description = "The definition.", body = MetricReportDefinition))
)]
async fn definition(context: Context, Path(id): Path<String>) -> Answer {
    let report = Report::find(&id)?;
    let properties = report.quantities(&context.snapshot).into_iter();
    Resource::new(
        &schema::METRIC_DEFINITION,
        &MetricReportDefinition {
            head: Head::new(&schema::METRIC_DEFINITION, &report.definition(), report.name())
                .description("Made anew with each snapshot of the gateway."),
            metric_report_definition_type: "OnChange",
            metric_report_definition_enabled: true,
            report_actions: ["RedfishEvent", "LogToMetricReportsCollection"],
            report_updates: "Overwrite",
            metric_properties: properties.map(|q| format!("{}/{}#/Reading", uri::SENSORS, q.id)).collect(),
            metric_report: link(format!("{}/{id}", uri::METRIC_REPORTS)),
            status: Status::ok(),
        },
    )
}

/// The reports.
#[utoipa::path(
    get,
    path = "/redfish/v1/TelemetryService/MetricReports",
    tag = "Telemetry",
    responses((status = 200, description = "The reports.", body = Collection))
)]
async fn reports() -> Answer {
    let ids = Report::BOTH.map(|report| report.id().to_owned());
    collection(&schema::METRIC_REPORTS, uri::METRIC_REPORTS, "Metric reports", ids)
}

/// One report, of the newest snapshot.
#[utoipa::path(
    get,
    path = "/redfish/v1/TelemetryService/MetricReports/{report}",
    tag = "Telemetry",
    params(("report" = String, Path, description = "Identifier.", example = "Shelf")),
    responses((status = 200, description = "The report.", body = MetricReport))
)]
async fn report(context: Context, Path(id): Path<String>) -> Answer {
    let report = Report::find(&id)?;
    Resource::new(&schema::METRIC_REPORT, &report.of(&context.snapshot))
}
