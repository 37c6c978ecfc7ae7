//! Metric families written from plain numbers.

use std::fmt::Error;

use prometheus_client::encoding::{DescriptorEncoder, EncodeLabelSet, NoLabelSet};
use prometheus_client::metrics::MetricType;
use prometheus_client::registry::Unit;
use tally::Snapshot;

/// Writes one family after the other.
pub(super) struct Families<'a>(pub(super) DescriptorEncoder<'a>);

/// One member of a family: its labels and its value.
pub(super) type Member<L, V> = (L, V);

/// What a distribution's numbers are.
#[derive(Clone, Copy)]
pub(super) enum Scale {
    /// Microseconds, to be told in seconds.
    Durations,
    /// As they are.
    Plain,
}

impl Families<'_> {
    pub(super) fn counter(&mut self, name: &str, help: &str, value: u64) -> Result<(), Error> {
        let mut encoder = self.0.encode_descriptor(name, help, None, MetricType::Counter)?;
        encoder.encode_counter::<NoLabelSet, _, u64>(&value, None)
    }

    pub(super) fn counters<L: EncodeLabelSet>(
        &mut self,
        name: &str,
        help: &str,
        members: impl IntoIterator<Item = Member<L, u64>>,
    ) -> Result<(), Error> {
        let mut encoder = self.0.encode_descriptor(name, help, None, MetricType::Counter)?;
        for (labels, value) in members {
            encoder.encode_family(&labels)?.encode_counter::<NoLabelSet, _, u64>(&value, None)?;
        }
        Ok(())
    }

    pub(super) fn gauge(&mut self, name: &str, help: &str, value: i64) -> Result<(), Error> {
        let mut encoder = self.0.encode_descriptor(name, help, None, MetricType::Gauge)?;
        encoder.encode_gauge(&value)
    }

    /// A gauge whose name ends with its unit.
    pub(super) fn gauge_in(
        &mut self,
        name: &str,
        unit: &Unit,
        help: &str,
        value: f64,
    ) -> Result<(), Error> {
        let mut encoder = self.0.encode_descriptor(name, help, Some(unit), MetricType::Gauge)?;
        encoder.encode_gauge(&value)
    }

    pub(super) fn gauges<L: EncodeLabelSet>(
        &mut self,
        name: &str,
        help: &str,
        members: impl IntoIterator<Item = Member<L, i64>>,
    ) -> Result<(), Error> {
        let mut encoder = self.0.encode_descriptor(name, help, None, MetricType::Gauge)?;
        for (labels, value) in members {
            encoder.encode_family(&labels)?.encode_gauge(&value)?;
        }
        Ok(())
    }

    pub(super) fn info<L: EncodeLabelSet>(
        &mut self,
        name: &str,
        help: &str,
        labels: &L,
    ) -> Result<(), Error> {
        let mut encoder = self.0.encode_descriptor(name, help, None, MetricType::Info)?;
        encoder.encode_info(labels)
    }

    pub(super) fn histogram(
        &mut self,
        name: &str,
        help: &str,
        scale: Scale,
        seen: &Snapshot,
    ) -> Result<(), Error> {
        self.histograms(name, help, scale, [([("", ""); 0], seen.clone())])
    }

    pub(super) fn histograms<L: EncodeLabelSet>(
        &mut self,
        name: &str,
        help: &str,
        scale: Scale,
        members: impl IntoIterator<Item = Member<L, Snapshot>>,
    ) -> Result<(), Error> {
        let unit = scale.unit();
        let mut encoder =
            self.0.encode_descriptor(name, help, unit.as_ref(), MetricType::Histogram)?;
        for (labels, seen) in members {
            let ranges = seen.ranges.iter().map(|(bound, count)| (scale.told(*bound), *count));
            let buckets: Vec<(f64, u64)> = ranges.chain([(f64::INFINITY, seen.beyond)]).collect();
            let mut member = encoder.encode_family(&labels)?;
            let sum = scale.told(seen.sum);
            member.encode_histogram::<NoLabelSet>(sum, seen.count(), &buckets, None)?;
        }
        Ok(())
    }
}

impl Scale {
    fn unit(self) -> Option<Unit> {
        match self {
            Self::Durations => Some(Unit::Seconds),
            Self::Plain => None,
        }
    }

    fn told(self, value: u64) -> f64 {
        match self {
            Self::Durations => value as f64 / 1e6,
            Self::Plain => value as f64,
        }
    }
}
