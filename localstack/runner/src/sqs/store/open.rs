//! Opening the database, in a file or in memory.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use rusqlite::{Connection, ErrorCode};
use service::Clock;

use super::Store;
use crate::sqs::{OpenError, Storage, limits};

/// The version of `schema.sql`, kept in the file.
const LAYOUT: i64 = 1;
/// More than there are statements, so that each is compiled once.
const STATEMENTS: usize = 64;

impl Store {
    pub(in crate::sqs) fn open(storage: Storage, clock: Clock) -> Result<Self, OpenError> {
        let path = match storage {
            Storage::Memory => PathBuf::from(":memory:"),
            Storage::File(path) => path,
        };
        let connection = connect(&path).map_err(|source| failed(&path, source))??;
        Ok(Self {
            connection,
            clock,
            in_flight_max: limits::IN_FLIGHT_MAX,
            live: HashMap::new(),
            news: Vec::new(),
            failed: false,
            #[cfg(test)]
            transactions: 0,
        })
    }
}

/// Makes the connection durable and exclusive, and the tables if there are none. The inner error is
/// that of a layout.
fn connect(path: &Path) -> rusqlite::Result<Result<Connection, OpenError>> {
    let connection = Connection::open(path)?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS);
    // Exclusive: a second process fails at once instead of taking turns, and no shared memory is
    // needed.
    connection.execute_batch(
        "PRAGMA locking_mode = EXCLUSIVE;
         PRAGMA journal_mode = WAL;
         PRAGMA synchronous = FULL;
         PRAGMA journal_size_limit = 67108864;
         BEGIN IMMEDIATE;",
    )?;
    let found: i64 = connection.query_row("PRAGMA user_version", [], |row| row.get(0))?;
    match found {
        0 => {
            connection.execute_batch(include_str!("schema.sql"))?;
            connection.pragma_update(None, "user_version", LAYOUT)?;
        }
        LAYOUT => {}
        found => {
            let path = path.to_owned();
            return Ok(Err(OpenError::Layout {
                path,
                found,
                expected: LAYOUT,
            }));
        }
    }
    connection.execute_batch("COMMIT")?;
    Ok(Ok(connection))
}

fn failed(path: &Path, source: rusqlite::Error) -> OpenError {
    let path = path.to_owned();
    match source.sqlite_error_code() {
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => OpenError::InUse { path },
        _ => OpenError::Sqlite { path, source },
    }
}
