//! Log lines for people.

use std::fmt;

use serde_json::Value;
use tracing_subscriber::field::RecordFields;
use tracing_subscriber::fmt::FormatFields;
use tracing_subscriber::fmt::format::Writer;

use super::Gathered;

/// What nobody looks for on the machine in front of them.
const HIDDEN: [&str; 2] = ["trace_id", "span_id"];

/// Writes fields as `name=value`, the message first and as it is.
#[derive(Debug)]
pub(super) struct Fields;

impl<'w> FormatFields<'w> for Fields {
    fn format_fields<R: RecordFields>(&self, mut out: Writer<'w>, fields: R) -> fmt::Result {
        let mut gathered = Gathered::default();
        fields.record(&mut gathered);
        let Gathered(mut fields) = gathered;
        let mut gap = "";
        if let Some(Value::String(message)) = fields.shift_remove("message") {
            write!(out, "{message}")?;
            gap = " ";
        }
        for (name, value) in &fields {
            if HIDDEN.contains(&name.as_str()) {
                continue;
            }
            match value {
                Value::String(word) if !word.contains(char::is_whitespace) => {
                    write!(out, "{gap}{name}={word}")?;
                }
                value => write!(out, "{gap}{name}={value}")?,
            }
            gap = " ";
        }
        Ok(())
    }
}
