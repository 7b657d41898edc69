//! What a child takes from itself before it sees a document. What the system does not have is left out.

use std::fs::File;
use std::io;

use rustix::process::{Resource, Rlimit, getrlimit, nice, setrlimit};

/// Files open at once: the three standard ones, the one that answers go to, and one to look at its own memory.
const MAX_FILES: u64 = 16;

/// How much the children stand back behind the process that talks to the world.
const NICENESS: i32 = 5;

/// Bounds this process for good.
pub(crate) fn bound_this_process(memory_bytes: u64) -> io::Result<()> {
    // Where the system has no memory left, this process goes and not the one with other people's jobs. Linux alone has this.
    let _ = std::fs::write("/proc/self/oom_score_adj", "1000");
    // It cannot get more than it has.
    let _ = nice(NICENESS);
    // Memory that is written to, in whatever way it was asked for; what is only reserved counts nothing.
    bound(Resource::Data, memory_bytes)?;
    bound(Resource::Core, 0)?;
    bound(Resource::Fsize, 0)?;
    bound(Resource::Nofile, MAX_FILES)
}

fn bound(resource: Resource, most: u64) -> io::Result<()> {
    let most = getrlimit(resource)
        .maximum
        .map_or(most, |now| now.min(most));
    let limit = Rlimit {
        current: Some(most),
        maximum: Some(most),
    };
    Ok(setrlimit(resource, limit)?)
}

/// The process's standard output, which from now on is nobody else's: what a library prints goes nowhere.
pub(crate) fn own_stdout() -> io::Result<File> {
    let out = rustix::io::fcntl_dupfd_cloexec(rustix::stdio::stdout(), 3)?;
    let nowhere = File::options().write(true).open("/dev/null")?;
    rustix::stdio::dup2_stdout(&nowhere)?;
    Ok(out.into())
}

/// Memory that this process holds and that counts against its limit, in bytes; 0 where the system does not tell.
pub(crate) fn memory_bytes() -> u64 {
    let statm = std::fs::read_to_string("/proc/self/statm").unwrap_or_default();
    let data = statm.split(' ').nth(5).and_then(|pages| pages.parse().ok());
    data.unwrap_or(0_u64) * rustix::param::page_size() as u64
}
