//! Whoever calls.

use std::fmt;

use jiff::Timestamp;
use job::Tenant;

use crate::{KeyId, Scope, Scopes};

/// How a caller is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Actor {
    /// Nobody was asked who they are.
    Anybody,
    /// By a key.
    Key(KeyId),
    /// By a token of an identity provider: its subject.
    Subject(String),
}

/// Who calls, for whom, and what is permitted to them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    /// How it is known.
    pub actor: Actor,
    /// Whose all is that it can reach.
    pub tenant: Tenant,
    /// What it may do there.
    pub scopes: Scopes,
    /// How long all this holds at most; none if there is no end to it.
    pub until: Option<Timestamp>,
}

impl Identity {
    /// Whether this is permitted.
    pub fn may(&self, scope: Scope) -> bool {
        self.scopes.allow(scope)
    }

    /// Whether it runs the installation: an admin of the tenant `default`. It may act for any tenant, and make keys for it.
    pub fn is_operator(&self) -> bool {
        self.may(Scope::Admin) && self.tenant.as_str() == Tenant::DEFAULT
    }
}

impl fmt::Display for Actor {
    /// As audit events name it.
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Anybody => out.write_str("anybody"),
            Self::Key(id) => write!(out, "key:{id}"),
            Self::Subject(subject) => write!(out, "subject:{subject}"),
        }
    }
}
