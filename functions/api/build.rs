//! Packs what is served as it is: the console's files, the API's description, and of Swagger UI's archive what `/api/docs/` serves. (The
//! rest of it is three times as much and would go into every function.)

use std::error::Error;
use std::fmt::Write as _;
use std::io::{Cursor, Read, Write as _};
use std::path::{Path, PathBuf};
use std::{env, fs};

use flate2::Compression;
use flate2::write::GzEncoder;
use sha2::{Digest, Sha256};
use utoipa_swagger_ui_vendored::SWAGGER_UI_VENDORED;
use zip::ZipArchive;

/// Files by name.
type Files = Vec<(String, Vec<u8>)>;

/// What `make console` writes.
const CONSOLE: &str = "console/dist";

/// The description as JSON. A test holds it to the code.
const DESCRIPTION: &str = "../../openapi/openapi.json";

/// What of `/api/docs/` is our own.
const DOCS: [&str; 2] = ["docs.js", "trusted.js"];

const SWAGGER_UI: [&str; 3] = [
    "swagger-ui-bundle.js",
    "swagger-ui.css",
    "favicon-32x32.png",
];

/// Bytes of a hash that name a content.
const TAG_BYTES: usize = 16;

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed=build.rs");
    for read in [CONSOLE, DESCRIPTION, "src/pages"] {
        println!("cargo::rerun-if-changed={read}");
    }
    #[expect(clippy::disallowed_methods, reason = "how cargo says where to write")]
    let out = PathBuf::from(env::var("OUT_DIR")?);
    pack(&out, "console", console()?)?;
    pack(&out, "description", description()?)?;
    pack(&out, "docs", docs()?)
}

/// The files of the console, by name.
fn console() -> Result<Files, Box<dyn Error>> {
    let mut files = Vec::new();
    for entry in fs::read_dir(CONSOLE)? {
        let entry = entry?;
        let name = entry.file_name().into_string();
        let name = name.map_err(|name| format!("{} is no name", name.display()))?;
        files.push((name, fs::read(entry.path())?));
    }
    files.sort();
    Ok(files)
}

/// The description in both its forms.
fn description() -> Result<Files, Box<dyn Error>> {
    let json = fs::read(DESCRIPTION)?;
    let value: serde_json::Value = serde_json::from_slice(&json)?;
    let yaml = yaml_serde::to_string(&value)?;
    Ok(vec![
        ("openapi.json".to_owned(), json),
        ("openapi.yaml".to_owned(), yaml.into_bytes()),
    ])
}

/// What the page of Swagger UI asks for.
fn docs() -> Result<Files, Box<dyn Error>> {
    let mut archive = ZipArchive::new(Cursor::new(SWAGGER_UI_VENDORED))?;
    let mut files = Vec::new();
    for name in DOCS {
        files.push((
            name.to_owned(),
            fs::read(Path::new("src/pages").join(name))?,
        ));
    }
    for name in SWAGGER_UI {
        let path = archive
            .file_names()
            .filter_map(Result::ok)
            .find(|path| path.ends_with(&format!("/dist/{name}")))
            .ok_or_else(|| format!("no {name} in the archive"))?
            .into_owned();
        let mut bytes = Vec::new();
        archive.by_name(&path)?.read_to_end(&mut bytes)?;
        files.push((name.to_owned(), bytes));
    }
    Ok(files)
}

/// Writes `<set>.rs`: an array of `Asset`s, their bytes in files beside it.
fn pack(out: &Path, set: &str, files: Files) -> Result<(), Box<dyn Error>> {
    let folder = out.join(set);
    fs::create_dir_all(&folder)?;
    let mut list = String::from("[\n");
    for (name, bytes) in files {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
        encoder.write_all(&bytes)?;
        fs::write(folder.join(format!("{name}.gz")), encoder.finish()?)?;
        let digest = Sha256::digest(&bytes);
        let digits = digest[..TAG_BYTES].iter().map(|byte| format!("{byte:02x}"));
        let digest = digits.collect::<Vec<_>>().concat();
        writeln!(
            list,
            r#"    Asset {{ name: "{name}", digest: "{digest}", packed: include_bytes!(concat!(env!("OUT_DIR"), "/{set}/{name}.gz")) }},"#
        )?;
    }
    list.push(']');
    fs::write(out.join(format!("{set}.rs")), list)?;
    Ok(())
}
