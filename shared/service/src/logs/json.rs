//! Log lines for machines.

use std::io::Write;

use serde_json::{Map, Value};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Subscriber};
use tracing_subscriber::Layer;
use tracing_subscriber::layer::Context;
use tracing_subscriber::registry::{LookupSpan, Scope};

use super::Gathered;
use crate::Clock;

/// Writes each event as a flat JSON object.
#[derive(Debug)]
pub(super) struct Lines {
    pub(super) function: &'static str,
}

impl<S: Subscriber + for<'a> LookupSpan<'a>> Layer<S> for Lines {
    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, context: Context<'_, S>) {
        let mut fields = Gathered::default();
        attributes.record(&mut fields);
        if let Some(span) = context.span(id) {
            span.extensions_mut().insert(fields);
        }
    }

    fn on_record(&self, id: &Id, values: &Record<'_>, context: Context<'_, S>) {
        if let Some(span) = context.span(id)
            && let Some(fields) = span.extensions_mut().get_mut::<Gathered>()
        {
            values.record(fields);
        }
    }

    fn on_event(&self, event: &Event<'_>, context: Context<'_, S>) {
        let mut gathered = Gathered::default();
        event.record(&mut gathered);
        let Gathered(mut fields) = gathered;

        let mut line = Map::new();
        let mut add = |name: &str, value: Value| line.insert(name.to_owned(), value);
        add("timestamp", format!("{:.3}", Clock::system().now()).into());
        add("level", event.metadata().level().as_str().into());
        add(
            "message",
            fields.shift_remove("message").unwrap_or_default(),
        );
        add("function", self.function.into());
        for span in context
            .event_scope(event)
            .into_iter()
            .flat_map(Scope::from_root)
        {
            if let Some(Gathered(fields)) = span.extensions().get() {
                line.extend(fields.clone());
            }
        }
        line.extend(fields);
        // In one piece, for other threads write here too. Nobody can be told if this fails.
        let line = format!("{}\n", Value::from(line));
        let _ = std::io::stdout().lock().write_all(line.as_bytes());
    }
}
