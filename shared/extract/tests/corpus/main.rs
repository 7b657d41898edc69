//! The corpus in `fixtures`: what is extracted from each file is what a person found right when it was added.

mod golden;
mod mutations;
mod renderings;

use std::fs;
use std::path::{Path, PathBuf};

use extract::{Input, Interrupted, LIMITS, NeverInterrupted, Numbers, Outcome, Watch};
use plan::{Extractor, Plan};
use serde_json::Value;

/// A file of the corpus.
struct Fixture {
    /// Its path in the folder, with `/`.
    path: String,
    bytes: Vec<u8>,
}

impl Fixture {
    /// All files, in the order of their paths. A corpus that is nearly empty was not found.
    fn all() -> Vec<Self> {
        let mut fixtures = Vec::new();
        for folder in entries(&root()).into_iter().filter(|path| path.is_dir()) {
            for file in entries(&folder) {
                let path = file.strip_prefix(root()).expect("a file in the folder");
                let path = path.to_str().expect("a name in UTF-8").replace('\\', "/");
                if !path.ends_with(".golden.json") {
                    let bytes = fs::read(&file).expect("a file that can be read");
                    fixtures.push(Self { path, bytes });
                }
            }
        }
        assert!(fixtures.len() > 10, "the corpus is missing");
        fixtures
    }

    fn golden(&self) -> PathBuf {
        root().join(format!("{}.golden.json", self.path))
    }

    fn name(&self) -> &str {
        self.path.rsplit('/').next().unwrap_or_default()
    }

    /// All there is to extract.
    fn extract(&self) -> Vec<Outcome> {
        extract_all(self.name(), &self.bytes, &NeverInterrupted).expect("nothing interrupts")
    }
}

/// What whoever runs the tests asks for.
#[expect(clippy::disallowed_methods, reason = "the tests' own settings")]
fn setting(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

/// The folder of the corpus.
fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures")
}

fn entries(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).expect("a folder");
    let mut paths: Vec<_> = entries
        .map(|entry| entry.expect("an entry").path())
        .collect();
    paths.sort();
    paths
}

/// Everything that needs no options.
fn all() -> Plan {
    let names = Extractor::ALL
        .into_iter()
        .filter(|it| *it != Extractor::Fields);
    let names = names.map(|it| Value::from(it.name())).collect();
    Plan::read(&Value::Array(names)).expect("all there is")
}

fn extract_all(name: &str, bytes: &[u8], watch: &dyn Watch) -> Result<Vec<Outcome>, Interrupted> {
    let numbers = Numbers {
        document: 0,
        members: 1,
    };
    let input = Input {
        name: Some(name),
        declared: None,
        bytes,
    };
    extract::extract(numbers, input, &all(), &LIMITS, watch)
}
