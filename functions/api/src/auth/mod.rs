//! Who calls.

#[expect(dead_code, reason = "what asks for it is not there yet")]
mod jwt;

pub use jwt::{Settings as JwtSettings, SettingsError as JwtSettingsError};
