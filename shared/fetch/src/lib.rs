//! From a URL to bytes, and from bytes to a URL, behind the address guard.
