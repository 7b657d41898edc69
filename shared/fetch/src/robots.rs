//! What `robots.txt` asks for.
