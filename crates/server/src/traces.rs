//! Traces: what a request did, step by step, for an OpenTelemetry collector.
//!
//! One span per request, and below it one per change of the metadata and per query of customers'
//! data. Without a collector no span is made, and the places that would make one cost a branch.
//! Spans hold routes, outcomes and names that operators gave; never a credential, an SQL text or its
//! arguments, or what a customer is called.

mod collector;

use std::time::Duration;

use axum::extract::Request;
use axum::http::HeaderMap;
use opentelemetry::KeyValue;
use opentelemetry::propagation::TextMapPropagator;
use opentelemetry::trace::TracerProvider;
use opentelemetry_http::HeaderExtractor;
use opentelemetry_otlp::{ExporterBuildError, SpanExporter, WithExportConfig, WithHttpConfig};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::propagation::TraceContextPropagator;
use opentelemetry_sdk::trace::{Sampler, SdkTracerProvider};
use tracing::Span;
use tracing::field::Empty;
use tracing_opentelemetry::OpenTelemetrySpanExt;
use tracing_subscriber::Layer;
use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::registry::LookupSpan;

use crate::arrival::Arrival;
use crate::config::Config;
use collector::Collector;

/// The target of every span, here and in the crates below.
pub(crate) const TARGET: &str = "trace";

/// How long the last spans may take to be sent when the process ends.
const FAREWELL: Duration = Duration::from_secs(5);

/// The way of spans to the collector.
pub(crate) struct Traces(SdkTracerProvider);

impl Traces {
    /// `None` when no collector is configured. To be called on the runtime.
    pub(crate) fn start(config: &Config) -> Result<Option<Self>, ExporterBuildError> {
        let Some(endpoint) = &config.otlp_endpoint else { return Ok(None) };
        let exporter = SpanExporter::builder()
            .with_http()
            .with_http_client(Collector::here())
            .with_endpoint(format!("{endpoint}/v1/traces"))
            .build()?;
        let version = KeyValue::new("service.version", env!("CARGO_PKG_VERSION"));
        let resource = Resource::builder().with_service_name("fanlight").with_attribute(version);
        let ratio = Sampler::TraceIdRatioBased(config.otlp_sample_ratio);
        let provider = SdkTracerProvider::builder()
            .with_batch_exporter(exporter)
            .with_sampler(Sampler::ParentBased(Box::new(ratio)))
            .with_resource(resource.build());
        Ok(Some(Self(provider.build())))
    }

    /// Takes the spans of [`TARGET`] and nothing else.
    pub(crate) fn layer<S>(&self) -> impl Layer<S> + use<S>
    where
        S: tracing::Subscriber + for<'a> LookupSpan<'a>,
    {
        let layer = tracing_opentelemetry::layer().with_tracer(self.0.tracer("fanlight"));
        let layer = layer.with_location(false).with_threads(false).with_tracked_inactivity(false);
        let layer = layer.with_target(false).with_level(false);
        layer.with_filter(Targets::new().with_target(TARGET, LevelFilter::INFO))
    }

    /// Sends what is left.
    pub(crate) fn finish(&self) {
        if let Err(error) = self.0.shutdown_with_timeout(FAREWELL) {
            tracing::warn!(%error, "the last traces could not be sent");
        }
    }
}

/// The span of a request, below the caller's own when it names one.
pub(crate) fn of_request(arrival: &Arrival, route: &str, request: &Request) -> Span {
    let method = arrival.method.as_str();
    let span = tracing::info_span!(
        target: TARGET,
        "request",
        otel.name = Empty,
        otel.kind = "server",
        otel.status_code = Empty,
        http.request.method = method,
        http.route = route,
        http.response.status_code = Empty,
        fanlight.surface = arrival.surface.name(),
        fanlight.request_id = Empty,
    );
    if !span.is_disabled() {
        span.record("otel.name", format!("{method} {route}"));
        span.record("fanlight.request_id", arrival.id.to_string());
        continue_trace(&span, request.headers());
    }
    span
}

/// Notes how the request was answered.
pub(crate) fn answered(span: &Span, status: u16) {
    span.record("http.response.status_code", status);
    if status >= 500 {
        span.record("otel.status_code", "ERROR");
    }
}

/// Takes the trace that the header `traceparent` (W3C) names as the one that the request belongs to.
fn continue_trace(span: &Span, headers: &HeaderMap) {
    let context = TraceContextPropagator::new().extract(&HeaderExtractor(headers));
    // Errs only for a span that has begun, or that no layer takes.
    let _ = span.set_parent(context);
}
