//! The notifier: tells clients of jobs that have ended, as Standard Webhooks.
