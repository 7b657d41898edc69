//! How far it is: bars on a terminal, else a line for each document that is dealt with.

use std::io::{self, IsTerminal as _};
use std::time::Duration;

use indicatif::{MultiProgress, ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::commands::job::Job;
use crate::output::{Output, complain, plain};

/// How often what turns is drawn.
const TICK: Duration = Duration::from_millis(120);

/// Characters of a name that have room beside a bar.
const MAX_NAME_CHARS: usize = 48;

const OVERALL: &str = "{bar:30} {pos} of {len}  {elapsed}  {msg}";
const WAITING: &str = "  {spinner} {prefix}  {msg}";
const SENDING: &str = "  {spinner} {prefix}  {bar:20} {binary_bytes} of {binary_total_bytes}";

/// All of it.
pub(super) struct Progress {
    bars: Option<(MultiProgress, ProgressBar)>,
    is_told: bool,
}

impl Progress {
    /// For so many jobs.
    pub(super) fn new(jobs: usize, output: Output) -> Self {
        let shows_bars = io::stderr().is_terminal() && !output.quiet;
        let bars = shows_bars.then(|| {
            let bars = MultiProgress::with_draw_target(ProgressDrawTarget::stderr());
            let overall = bars.add(ProgressBar::new(jobs as u64).with_style(style(OVERALL)));
            overall.enable_steady_tick(TICK);
            (bars, overall)
        });
        Self {
            bars,
            is_told: !output.quiet,
        }
    }

    /// A bar for a job that is begun.
    pub(super) fn begin(&self, name: &str) -> Bar {
        let bar = self.bars.as_ref().map(|(bars, overall)| {
            let name: String = plain(name).chars().take(MAX_NAME_CHARS).collect();
            let bar = ProgressBar::new(0).with_style(style(WAITING));
            let bar = bars.insert_before(overall, bar.with_prefix(name));
            bar.enable_steady_tick(TICK);
            bar
        });
        Bar(bar)
    }

    /// One more is dealt with. `words` are said of it where there are no bars, and where it is worth it.
    pub(super) fn end_one(&self, words: Option<&String>, is_worth_a_line: bool) {
        if let Some((_, overall)) = &self.bars {
            overall.inc(1);
        }
        let Some(words) = words else {
            return;
        };
        match &self.bars {
            Some((bars, _)) if is_worth_a_line => bars.suspend(|| complain(words)),
            Some(_) => {}
            None if self.is_told || is_worth_a_line => complain(words),
            None => {}
        }
    }

    /// Does what writes to standard output, which may be the same terminal.
    pub(super) fn aside<T>(&self, write: impl FnOnce() -> T) -> T {
        match &self.bars {
            Some((bars, _)) => bars.suspend(write),
            None => write(),
        }
    }

    /// Takes all bars away.
    pub(super) fn end(&self) {
        if let Some((bars, overall)) = &self.bars {
            overall.finish_and_clear();
            let _ = bars.clear();
        }
    }
}

/// A job's own bar. It is gone when this is.
pub(super) struct Bar(Option<ProgressBar>);

impl Bar {
    /// So many bytes are being sent. What comes back is told how many have gone.
    pub(super) fn sending(&self, bytes: u64) -> impl Fn(u64) + Clone + Send + Sync + 'static {
        let bar = self.0.clone();
        if let Some(bar) = &bar {
            bar.set_style(style(SENDING));
            bar.set_length(bytes);
        }
        move |sent| {
            if let Some(bar) = &bar {
                bar.set_position(sent);
            }
        }
    }

    /// The job stands so.
    pub(super) fn tell(&self, job: &Job) {
        if let Some(bar) = &self.0 {
            bar.set_style(style(WAITING));
            let progress = job.progress().unwrap_or_default();
            bar.set_message(plain(&format!("{} {progress}", job.status)));
        }
    }
}

impl Drop for Bar {
    fn drop(&mut self) {
        if let Some(bar) = &self.0 {
            bar.finish_and_clear();
        }
    }
}

fn style(template: &str) -> ProgressStyle {
    ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar())
}
