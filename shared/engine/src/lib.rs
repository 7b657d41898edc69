//! The extraction engine in processes of its own: whatever a document does there costs that document alone.
//!
//! - [`Engine::extract`] takes documents and gives the result that a client reads. It keeps child processes, a document in each
//!   at a time, and replaces those that die, hang or grow.
//! - [`Child`] is what runs in them: this same program, started with [`COMMAND`], which bounds itself and then answers what it is
//!   asked over its standard input and output (`frame`).
//! - `document` takes one document through a child, and again without the member of it that ended the first one.
//!   `gathered` is what comes of all, and [`Merged`] the same of documents that were extracted one by one. [`Measured`] is what it took.
//!
//! **Invariant:** nothing that a document can make its reader do (run on, take all memory, overflow the stack, end the process)
//! reaches the process that holds credentials and other people's jobs, or takes longer than [`Settings`] say.

mod child;
mod document;
mod frame;
mod gathered;
mod input;
#[cfg(unix)]
mod limits;
mod measured;
mod merged;
mod pool;
mod process;
mod settings;

pub use child::{COMMAND, Child};
pub use gathered::name as problem_name;
pub use input::{Content, Input, Origin, Spool};
pub use measured::{Extraction, Measured};
pub use merged::{Merged, Wrong, no_result};
pub use pool::{Ended, Engine, One};
pub use settings::{Isolation, Settings, SettingsError};
