-- Times are Unix milliseconds. Nothing here opens a door when it is read: passwords and tokens are hashes.
CREATE TABLE users (
    id TEXT PRIMARY KEY,
    email TEXT NOT NULL UNIQUE,
    -- argon2id, PHC string.
    password TEXT NOT NULL,
    role TEXT NOT NULL,
    created_at BIGINT NOT NULL
);
CREATE TABLE setup_links (
    -- BLAKE3 of the token.
    hash BYTEA PRIMARY KEY,
    -- owner: makes the first user; sign_in: signs the first user in.
    purpose TEXT NOT NULL,
    expires_at BIGINT NOT NULL,
    -- Wrong tokens tried while this one was open.
    wrong_tries BIGINT NOT NULL,
    used_at BIGINT,
    used_for TEXT
);
CREATE TABLE closed_sessions (
    -- BLAKE3 of the session's CSRF word, which every renewal keeps.
    session BYTEA PRIMARY KEY,
    -- No token of this session is valid after this.
    forget_at BIGINT NOT NULL
);
CREATE TABLE api_tokens (
    id TEXT PRIMARY KEY,
    -- BLAKE3 of the token.
    hash BYTEA NOT NULL UNIQUE,
    -- Its first characters, by which an owner recognises it.
    hint TEXT NOT NULL,
    site BIGINT NOT NULL REFERENCES sites (id),
    scope TEXT NOT NULL,
    created_at BIGINT NOT NULL
);
