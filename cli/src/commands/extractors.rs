//! `scan extractors`.

use std::fs;
use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use clap::{Args, Subcommand};
use serde_json::{Value, json};

use super::remove::confirm;
use super::shown::{all_pages, member, rows};
use crate::failure::Failure;
use crate::output::{Output, plain, say};
use crate::settings::Context;

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Show all that are saved
    List,
    /// Show one, as a file that `save` takes
    Get {
        /// Its name
        name: String,
        /// This version of it, rather than the latest
        #[arg(long, value_name = "N")]
        version: Option<u64>,
    },
    /// Show the versions of one
    Versions {
        /// Its name
        name: String,
    },
    /// Save one; a definition that differs is a new version
    Save(Save),
    /// Remove one, with all its versions
    Remove {
        /// Its name
        name: String,
        /// Ask nobody
        #[arg(long, short)]
        yes: bool,
    },
    /// Try one on a document, at once and without a job
    Preview(Preview),
}

#[derive(Debug, Args)]
pub(crate) struct Save {
    /// Its name
    name: String,
    /// A JSON file that says what to extract: the list, or an object with it as `extract`
    file: PathBuf,
    /// Only if there is none of this name yet
    #[arg(long, conflicts_with = "if_version")]
    new: bool,
    /// Only if this is the latest version
    #[arg(long, value_name = "N")]
    if_version: Option<u64>,
}

#[derive(Debug, Args)]
pub(crate) struct Preview {
    /// The document
    document: PathBuf,
    /// The saved extractor; `invoice@3` is one of its versions
    #[arg(long, value_name = "NAME", required_unless_present = "extract_file")]
    extractor: Option<String>,
    /// A JSON file that says what to extract
    #[arg(long, value_name = "FILE", conflicts_with = "extractor")]
    extract_file: Option<PathBuf>,
}

pub(crate) async fn run(context: &Context, command: Command) -> Result<(), Failure> {
    match command {
        Command::List => {
            let saved = all_pages(context, &["extractors"], "extractors", &[]).await?;
            versions(context, &saved, "No extractor is saved.")
        }
        Command::Versions { name } => {
            let path = ["extractors", name.as_str(), "versions"];
            let saved = all_pages(context, &path, "versions", &[]).await?;
            versions(context, &saved, "It has no versions.")
        }
        Command::Get { name, version } => get(context, &name, version).await,
        Command::Save(arguments) => save(context, &arguments).await,
        Command::Remove { name, yes } => {
            if !yes {
                confirm(&format!("Remove the extractor {} for good?", plain(&name)))?;
            }
            context.client.delete(&["extractors", &name]).send().await?;
            Ok(())
        }
        Command::Preview(arguments) => preview(context, &arguments).await,
    }
}

fn versions(context: &Context, saved: &[Value], none: &str) -> Result<(), Failure> {
    let columns = ["name", "version", "created_at"];
    rows(context, ["NAME", "VERSION", "SAVED"], saved, none, |one| {
        columns.map(|name| member(one, name).into())
    })
}

async fn get(context: &Context, name: &str, version: Option<u64>) -> Result<(), Failure> {
    let call = context.client.get(&["extractors", name]);
    let saved: Value = call.maybe("version", version).read().await?;
    if context.output.json {
        Output::pretty(&saved)?;
    } else {
        Output::pretty(&json!({"extract": saved.get("extract")}))?;
    }
    Ok(())
}

async fn save(context: &Context, arguments: &Save) -> Result<(), Failure> {
    let definition = definition(&arguments.file)?;
    let path = ["extractors", arguments.name.as_str()];
    let mut call = context.client.put(&path).json(&definition)?;
    if arguments.new {
        call = call.header("if-none-match", "*");
    }
    if let Some(version) = arguments.if_version {
        call = call.header("if-match", &tag_of(context, &path, version).await?);
    }
    let saved: Value = call.read().await?;
    if context.output.json {
        Output::pretty(&saved)?;
    } else {
        let version = member(&saved, "version");
        say(&format!("{}@{version}", plain(&member(&saved, "name"))))?;
    }
    Ok(())
}

/// The tag of the latest version, which has to be this one.
async fn tag_of(context: &Context, path: &[&str], version: u64) -> Result<String, Failure> {
    let answer = context.client.get(path).send().await?;
    let latest: Value = answer.json(&context.client)?;
    let latest = latest.get("version").and_then(Value::as_u64);
    if latest != Some(version) {
        let latest = latest.unwrap_or_default();
        return Err(Failure::failed(format!(
            "the latest version is {latest} and not {version}; nothing was saved"
        )));
    }
    Ok(answer.header("etag").unwrap_or_default().to_owned())
}

async fn preview(context: &Context, arguments: &Preview) -> Result<(), Failure> {
    let bytes = read(&arguments.document)?;
    let file_name = arguments.document.file_name();
    let file_name = file_name.unwrap_or_default().to_string_lossy();
    let source = match String::from_utf8(bytes) {
        Ok(text) => json!({ "text": text, "name": file_name }),
        Err(bytes) => json!({ "base64": STANDARD.encode(bytes.as_bytes()), "name": file_name }),
    };
    let mut request = match &arguments.extract_file {
        Some(file) => definition(file)?,
        None => saved(context, arguments.extractor.as_deref().unwrap_or_default()).await?,
    };
    if let Some(request) = request.as_object_mut() {
        request.insert("source".into(), source);
    }
    let call = context.client.post(&["extractors", "preview"]);
    let result: Value = call.repeatable().json(&request)?.read().await?;
    Ok(Output::pretty(&result)?)
}

/// What a saved extractor extracts, for a preview is made where none is known.
async fn saved(context: &Context, said: &str) -> Result<Value, Failure> {
    let (name, version) = match said.split_once('@') {
        Some((name, version)) => (name, Some(version)),
        None => (said, None),
    };
    let call = context.client.get(&["extractors", name]);
    let saved: Value = call.maybe("version", version).read().await?;
    Ok(json!({ "extract": saved.get("extract") }))
}

/// What a file says is to be extracted, as an object with `extract`.
fn definition(file: &Path) -> Result<Value, Failure> {
    let value: Value = serde_json::from_slice(&read(file)?)
        .map_err(|error| Failure::usage(format!("{} is no JSON: {error}", file.display())))?;
    Ok(match value {
        Value::Object(mut members) if members.contains_key("extract") => {
            json!({ "extract": members.remove("extract") })
        }
        value => json!({ "extract": value }),
    })
}

fn read(file: &Path) -> Result<Vec<u8>, Failure> {
    fs::read(file).map_err(|error| Failure::usage(format!("{}: {error}", file.display())))
}
