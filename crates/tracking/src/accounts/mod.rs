//! Users, sessions of the dashboard, set-up links and API tokens.
