//! What can be said to `scan submit`.

use std::path::PathBuf;

use clap::Args;

use crate::commands::list::tag;
use crate::commands::result::Format;

/// Jobs that are under way at once, if nobody says how many.
const DEFAULT_JOBS: usize = 8;

const INPUTS: &str = "Files, folders (with --recursive), patterns such as 'in/**/*.pdf', `-` for standard input, \
                      http(s) addresses, s3://bucket/key, or s3://bucket/prefix/ for all that is below it";
const RECURSIVE: &str = "Take the files in folders, and in folders within them, but for those whose names begin with a dot";
const OUT: &str = "The folder for results: one for each document, named after it; what could not be done has its reason in …error.json. \
                   The same command again goes on where it was";
const EXTRACT: &str = "What to extract, joined by commas: entities, text, metadata, links, tables, markdown, article, chunks, structured \
     [default: entities,text,metadata]";
const EXTRACT_FILE: &str =
    "A JSON file that says what to extract: the list, or an object with it as `extract`";

#[derive(Debug, Args)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of its own")]
pub(crate) struct Arguments {
    #[arg(required = true, value_name = "DOCUMENT", help = INPUTS)]
    pub(super) inputs: Vec<String>,
    #[arg(long, short, help = RECURSIVE)]
    pub(super) recursive: bool,
    #[arg(long, short = 'e', value_name = "LIST", value_delimiter = ',', help = EXTRACT)]
    pub(super) extract: Vec<String>,
    #[arg(long, value_name = "FILE", conflicts_with = "extract", help = EXTRACT_FILE)]
    pub(super) extract_file: Option<PathBuf>,
    /// The saved extractor that says what to extract; `invoice@3` is one of its versions
    #[arg(long, value_name = "NAME", conflicts_with_all = ["extract", "extract_file"])]
    pub(super) extractor: Option<String>,
    /// A tag for the jobs; may be given several times
    #[arg(long = "tag", value_name = "NAME=VALUE", value_parser = tag)]
    pub(super) tags: Vec<(String, String)>,
    /// Who is told of each job's end
    #[arg(long, value_name = "URL")]
    pub(super) webhook: Option<String>,
    /// What the documents are, if their names do not say it
    #[arg(long, value_name = "TYPE")]
    pub(super) media_type: Option<String>,
    /// What the document on standard input is called
    #[arg(long, value_name = "NAME", default_value = "stdin")]
    pub(super) stdin_name: String,
    #[arg(long, short, value_name = "DIR", help = OUT)]
    pub(super) out: Option<PathBuf>,
    /// How results are written
    #[arg(long, short, value_enum, default_value_t = Format::Json)]
    pub(super) format: Format,
    /// Make one job of all documents
    #[arg(long)]
    pub(super) together: bool,
    /// Jobs under way at once
    #[arg(long, short, value_name = "N", default_value_t = DEFAULT_JOBS, value_parser = jobs)]
    pub(super) jobs: usize,
    /// Submit and show the jobs' ids, without waiting for results; with --out the same command without this fetches them
    #[arg(long)]
    pub(super) no_wait: bool,
    /// Try again what failed in an earlier run
    #[arg(long, requires = "out")]
    pub(super) retry_failed: bool,
    /// Do all of it anew, whatever is done already
    #[arg(long, requires = "out", conflicts_with = "retry_failed")]
    pub(super) again: bool,
    /// On Ctrl-C, cancel the jobs that are under way instead of leaving them to the next run
    #[arg(long)]
    pub(super) cancel_on_interrupt: bool,
}

impl Arguments {
    /// Whether the one result goes to standard output, and nothing else needs to be said.
    pub(super) fn is_alone(&self) -> bool {
        self.out.is_none()
    }
}

fn jobs(text: &str) -> Result<usize, &'static str> {
    let jobs = text.parse().ok().filter(|jobs| (1..=100).contains(jobs));
    jobs.ok_or("1 to 100 jobs can be under way at once")
}
