//! What can be permitted.

use std::fmt;
use std::str::FromStr;

/// What can be permitted to a caller, within its tenant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Scope {
    /// To see jobs, their results, and what else belongs to the tenant but for what only an admin sees.
    ScanRead,
    /// To start, cancel, retry and remove jobs.
    ScanWrite,
    /// To save and remove extractors.
    ExtractorsWrite,
    /// Everything, and that which only an admin may: keys, webhooks' secrets, dead letters, quotas.
    Admin,
}

impl Scope {
    /// All of them.
    pub const ALL: [Self; 4] = [
        Self::ScanRead,
        Self::ScanWrite,
        Self::ExtractorsWrite,
        Self::Admin,
    ];

    /// Its name, in keys, tokens and answers.
    pub fn name(self) -> &'static str {
        match self {
            Self::ScanRead => "scan:read",
            Self::ScanWrite => "scan:write",
            Self::ExtractorsWrite => "extractors:write",
            Self::Admin => "admin",
        }
    }
}

impl fmt::Display for Scope {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.name())
    }
}

/// A name of no scope.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a scope is one of scan:read, scan:write, extractors:write, admin")]
pub struct UnknownScope;

impl FromStr for Scope {
    type Err = UnknownScope;

    fn from_str(name: &str) -> Result<Self, UnknownScope> {
        let found = Self::ALL.into_iter().find(|scope| scope.name() == name);
        found.ok_or(UnknownScope)
    }
}

/// A set of scopes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct Scopes(u8);

impl Scopes {
    /// All scopes.
    pub const ALL: Self = Self(0b1111);

    /// Whether this is permitted. An admin may do everything.
    pub fn allow(self, scope: Scope) -> bool {
        self.has(scope) || self.has(Scope::Admin)
    }

    /// The scopes that were given, in a fixed order: not those that follow from another.
    pub fn iter(self) -> impl Iterator<Item = Scope> {
        Scope::ALL.into_iter().filter(move |scope| self.has(*scope))
    }

    /// Whether there is none.
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    fn has(self, scope: Scope) -> bool {
        self.0 & bit(scope) != 0
    }
}

fn bit(scope: Scope) -> u8 {
    1 << scope as u8
}

impl FromIterator<Scope> for Scopes {
    fn from_iter<I: IntoIterator<Item = Scope>>(scopes: I) -> Self {
        Self(scopes.into_iter().fold(0, |set, scope| set | bit(scope)))
    }
}

impl From<Scope> for Scopes {
    fn from(scope: Scope) -> Self {
        Self(bit(scope))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_admin_may_do_everything_and_others_what_was_given_to_them() {
        assert!(Scope::ALL.map(|scope| Scopes::from(Scope::Admin).allow(scope)) == [true; 4]);
        let reads = Scopes::from(Scope::ScanRead);
        assert_eq!(
            Scope::ALL.map(|scope| reads.allow(scope)),
            [true, false, false, false]
        );
    }

    #[test]
    fn each_scope_is_read_from_its_name() {
        for scope in Scope::ALL {
            assert_eq!(scope.name().parse(), Ok(scope));
        }
        assert_eq!("scan".parse::<Scope>(), Err(UnknownScope));
        assert_eq!(Scope::ALL.into_iter().collect::<Scopes>(), Scopes::ALL);
        assert_eq!(Scopes::ALL.iter().collect::<Vec<_>>(), Scope::ALL);
    }
}
