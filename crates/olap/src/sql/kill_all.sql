-- Cancels what every other connection runs.
KILL QUERY WHERE Settings['log_comment'] != '{tag}' ASYNC
