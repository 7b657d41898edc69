//! `scan config`.

use serde_json::{Map, Value, json};

use super::shown::{member, rows};
use crate::failure::Failure;
use crate::output::Output;
use crate::settings::{CommonArguments, ConfigFile};

/// Shows each setting with what said it. Of the key only that there is one.
pub(crate) fn run(common: &CommonArguments) -> Result<(), Failure> {
    let context = common.connect()?;
    let settings = context.client.settings();
    let file = ConfigFile::read(common.config.as_deref())?;
    let file = file.path.map(|path| path.display().to_string());
    let mut shown = vec![
        setting("url", settings.url.value.as_str(), &settings.url.from),
        setting("file", &file.unwrap_or_default(), ""),
    ];
    if let Some(key) = &settings.key {
        shown.push(setting("key", "known", &key.from));
    }
    if let Some(tenant) = &settings.tenant {
        shown.push(setting("tenant", tenant.value.as_str(), &tenant.from));
    }
    if context.output.json {
        let named = shown
            .iter()
            .map(|one| (member(one, "setting"), one.clone()));
        let object: Map<String, Value> = named.collect();
        return Ok(Output::pretty(&object)?);
    }
    let columns = ["setting", "value", "from"];
    rows(&context, ["SETTING", "VALUE", "FROM"], &shown, "", |one| {
        columns.map(|name| member(one, name).into())
    })
}

fn setting(name: &str, value: &str, from: &str) -> Value {
    json!({ "setting": name, "value": value, "from": from })
}
