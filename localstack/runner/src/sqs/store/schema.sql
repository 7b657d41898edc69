-- Times are in milliseconds since 1970.

CREATE TABLE queue (
    id          INTEGER PRIMARY KEY,
    name        TEXT    NOT NULL UNIQUE,
    created_at  INTEGER NOT NULL,
    modified_at INTEGER NOT NULL,
    settings    TEXT    NOT NULL, -- JSON
    tags        TEXT    NOT NULL  -- JSON
) STRICT;

CREATE TABLE message (
    id                INTEGER PRIMARY KEY,
    queue             INTEGER NOT NULL REFERENCES queue (id) ON DELETE CASCADE,
    message_id        TEXT    NOT NULL,
    body              TEXT    NOT NULL,
    attributes        TEXT,             -- JSON
    trace_header      TEXT,
    group_id          TEXT,
    sent_at           INTEGER NOT NULL, -- stays when the message moves to a dead-letter queue
    turn              INTEGER NOT NULL, -- the order of receiving: see turns.rs
    waits_until       INTEGER,          -- null: can be received. Else delayed, or in flight once received
    receives          INTEGER NOT NULL DEFAULT 0, -- from this queue
    earlier_receives  INTEGER NOT NULL DEFAULT 0, -- from the queue that it was moved from
    first_received_at INTEGER,
    last_received_at  INTEGER,
    nonce             INTEGER,          -- of the latest receipt handle
    source            TEXT              -- the queue that it was moved from
) STRICT;

CREATE INDEX message_ready   ON message (queue, turn, id) WHERE waits_until IS NULL;
CREATE INDEX message_waiting ON message (queue, waits_until, receives)
    WHERE waits_until IS NOT NULL;
CREATE INDEX message_age     ON message (queue, sent_at);
