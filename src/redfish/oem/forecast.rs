//! A forecast of the load that a client leaves with the gateway, the DPO Engine for one: shown to others, for as long as it is
//! worth something. The gateway does nothing by it.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use serde::{Deserialize, Serialize};
use serde_json::Value;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;
use tokio::time::Instant;
use utoipa::ToSchema;

use super::levers::Below;
use crate::redfish::error::Fault;
use crate::redfish::time::rfc3339;

/// Most steps.
const STEPS: usize = 240;
/// Longest step, and longest time that a forecast is shown, in seconds.
const LONGEST_S: f64 = 3600.0;
/// Time that it is shown unless the client says so, in seconds.
const AGE_S: f64 = 60.0;
/// Largest power, in watts.
const MOST_W: f64 = 1e7;

/// A forecast of the load of the busbar.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "PascalCase")]
#[schema(as = LoadForecast)]
pub(crate) struct Forecast {
    /// When the first step begins.
    start_time: String,
    step_seconds: f64,
    /// Mean load of each step.
    load_watts: Vec<f64>,
    /// One standard deviation of the error that the client expects, in percent of the load.
    error_percent: Option<f64>,
    /// Time after which it is no longer shown.
    max_age_seconds: f64,
    received_time: String,
    /// Who left it.
    user_name: String,
}

/// A forecast that a client leaves.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
#[schema(as = LoadForecastUpdate)]
pub(super) struct ForecastUpdate {
    /// When the first step begins, RFC 3339; now, if left out.
    start_time: Option<String>,
    /// Above 0, at most 3600.
    #[schema(example = 1.0)]
    step_seconds: f64,
    /// Mean load of each step, at most 240 of them, in watts.
    #[schema(example = json!([9000.0, 9500.0, 12000.0]))]
    load_watts: Vec<f64>,
    /// 0 to 100.
    error_percent: Option<f64>,
    /// Above 0, at most 3600; 60 if left out.
    #[schema(example = 10.0)]
    max_age_seconds: Option<f64>,
}

/// Reads a forecast of `user`.
///
/// # Errors
/// What cannot be taken, and where.
pub(super) fn read(value: Value, user: &str) -> Result<Forecast, Below> {
    let update = ForecastUpdate::deserialize(&value).map_err(|_| (String::new(), Fault::Type(value)))?;
    let range = |name: &str, value: f64, good: bool, limits: &str| match good {
        true => Ok(()),
        false => Err((format!("/{name}"), Fault::OutOfRange(Value::from(value), limits.to_owned()))),
    };
    let span = |seconds: f64| seconds > 0.0 && seconds <= LONGEST_S;
    range("StepSeconds", update.step_seconds, span(update.step_seconds), "above 0, at most 3600")?;
    let age = update.max_age_seconds.unwrap_or(AGE_S);
    range("MaxAgeSeconds", age, span(age), "above 0, at most 3600")?;
    if let Some(error) = update.error_percent {
        range("ErrorPercent", error, (0.0..=100.0).contains(&error), "0 to 100")?;
    }
    if !(1..=STEPS).contains(&update.load_watts.len()) {
        let count = Value::from(update.load_watts.len());
        return Err(("/LoadWatts".to_owned(), Fault::Refused(count, format!("1 to {STEPS} steps"))));
    }
    if let Some(watts) = update.load_watts.iter().find(|w| !(0.0..=MOST_W).contains(*w)) {
        range("LoadWatts", *watts, false, "0 to 10000000")?;
    }
    let now = SystemTime::now();
    let start = match update.start_time {
        None => now,
        Some(text) => match OffsetDateTime::parse(&text, &Rfc3339) {
            Ok(time) => time.into(),
            Err(_) => {
                let why = "an instant of RFC 3339, as 2026-01-31T12:00:00Z".to_owned();
                return Err(("/StartTime".to_owned(), Fault::Refused(Value::from(text), why)));
            }
        },
    };
    Ok(Forecast {
        start_time: rfc3339(start),
        step_seconds: update.step_seconds,
        load_watts: update.load_watts,
        error_percent: update.error_percent,
        max_age_seconds: age,
        received_time: rfc3339(now),
        user_name: user.to_owned(),
    })
}

/// The newest forecast, for its time.
#[derive(Debug, Default)]
pub(crate) struct Newest(Mutex<Option<(Forecast, Instant)>>);

impl Newest {
    /// Takes a forecast in the place of the one before, or none.
    pub(crate) fn put(&self, forecast: Option<Forecast>) {
        let mut newest = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        // By a clock that nobody sets.
        *newest = forecast.map(|forecast| {
            let age = Duration::try_from_secs_f64(forecast.max_age_seconds).unwrap_or_default();
            (forecast, Instant::now() + age)
        });
    }

    /// The forecast, if it is not too old.
    pub(crate) fn get(&self) -> Option<Forecast> {
        let newest = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        newest.as_ref().filter(|(_, until)| Instant::now() < *until).map(|(forecast, _)| forecast.clone())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_forecast_is_shown_for_its_time() {
        let newest = Newest::default();
        let forecast = json!({"StepSeconds": 1, "LoadWatts": [9000, 9500.5], "MaxAgeSeconds": 10,
            "StartTime": "2026-01-31T13:00:00+01:00"});
        let forecast = read(forecast, "ems").unwrap();
        assert_eq!(
            (forecast.start_time.as_str(), forecast.user_name.as_str()),
            ("2026-01-31T12:00:00Z", "ems")
        );
        newest.put(Some(forecast.clone()));
        tokio::time::advance(Duration::from_secs(9)).await;
        assert_eq!(newest.get(), Some(forecast));
        tokio::time::advance(Duration::from_secs(1)).await;
        assert_eq!(newest.get(), None);
    }

    #[test]
    fn what_is_no_forecast_is_refused_where_it_is_wrong() {
        for (place, wrong) in [
            ("", json!({"LoadWatts": [1]})),
            ("", json!({"StepSeconds": 1, "LoadWatts": [1], "Other": 1})),
            ("", json!([1])),
            ("/StepSeconds", json!({"StepSeconds": 0, "LoadWatts": [1]})),
            ("/StepSeconds", json!({"StepSeconds": 3601, "LoadWatts": [1]})),
            ("/LoadWatts", json!({"StepSeconds": 1, "LoadWatts": []})),
            ("/LoadWatts", json!({"StepSeconds": 1, "LoadWatts": vec![1; STEPS + 1]})),
            ("/LoadWatts", json!({"StepSeconds": 1, "LoadWatts": [-1]})),
            ("/MaxAgeSeconds", json!({"StepSeconds": 1, "LoadWatts": [1], "MaxAgeSeconds": 1e9})),
            ("/ErrorPercent", json!({"StepSeconds": 1, "LoadWatts": [1], "ErrorPercent": 101})),
            ("/StartTime", json!({"StepSeconds": 1, "LoadWatts": [1], "StartTime": "tomorrow"})),
        ] {
            assert_eq!(read(wrong.clone(), "ems").unwrap_err().0, place, "{wrong}");
        }
    }
}
